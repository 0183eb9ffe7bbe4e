// One kept-alive connection of a load, with at most one request on it. It is opened anew when the server closed it, and
// then only: `Connection: close` is honoured before the next request is sent. Invariant: each request gets its `onEnd`
// exactly once, with a whole answer or with why there is none; nothing is tried twice.

import { Agent, type ClientRequest, type IncomingHttpHeaders, request } from 'node:http';
import { systemCode } from '../../runtime/user-error.ts';

/** A whole answer, or the code of the error that prevented it. */
export type ExchangeEnd =
  | {
      readonly isAnswered: true;
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly bytes: number;
    }
  | { readonly isAnswered: false; readonly reason: string };

export interface Target {
  readonly hostname: string;
  readonly port: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where requests to a URL go, with these headers. */
export function targetOf(url: string, headers: Target['headers'] = {}): Target {
  const { hostname, port } = new URL(url);
  return { hostname: hostname.replace(/^\[|\]$/g, ''), port: port || '80', headers };
}

export class LoadConnection {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #target: Target;
  #request: ClientRequest | null = null;
  #giveUp: ((reason: string) => void) | null = null;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Sends a GET; the one before must have ended. */
  send(path: string, onEnd: (end: ExchangeEnd) => void): void {
    const end = (result: ExchangeEnd): void => {
      if (this.#request !== sent) return; // it ended before
      this.#request = null;
      onEnd(result);
    };
    const fail = (reason: string): void => end({ isAnswered: false, reason });
    const sent = request({ ...this.#target, path, agent: this.#agent }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.once('end', () => {
        end({ isAnswered: true, status: answer.statusCode ?? 0, headers: answer.headers, bytes });
      });
      answer.once('error', (error) => fail(codeOf(error)));
    });
    sent.on('error', (error) => fail(codeOf(error)));
    this.#request = sent;
    this.#giveUp = fail;
    sent.end();
  }

  /** Ends the request under way, if there is one, for this reason; the connection is cut with it. */
  giveUp(reason: string): void {
    const sent = this.#request;
    this.#giveUp?.(reason);
    sent?.destroy();
  }

  close(): void {
    this.giveUp('closed');
    this.#agent.destroy();
  }
}

function codeOf(error: Error): string {
  return systemCode(error) ?? error.message;
}
