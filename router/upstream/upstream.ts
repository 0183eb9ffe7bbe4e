// The only file that knows http-proxy: one attempt of a request at one instance.
//
// The request http-proxy gets is not the client's but one of ours, rebuilt from parsed values (DESIGN §9), and its
// answer is handled by us (`selfHandleResponse`). That closes what http-proxy 1.18.1 leaves open: hop-by-hop fields
// forwarded, a chunked DELETE re-framed (request smuggling), a throw on an upstream `Trailer`, an upstream request
// left running when its client is gone, no time limit, no keep-alive. test/router/upstream.test.ts has a test each.
//
// Invariant: an attempt settles once, by an answer's head or an AttemptError, and `abort` ends it at any time.

import { Agent, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import httpProxy from 'http-proxy';
import { messageOf, systemCode } from '../../runtime/user-error.ts';

/** A request as the router makes it. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'HEAD';
  /** Canonical target, built from parsed values. */
  readonly target: string;
  readonly headers: OutgoingHttpHeaders;
}

/**
 * Why an attempt gave no answer: `refused` (nobody listens, or it is leaving), `reset` (the connection ended first: a worker's death),
 * `timeout` (no first byte in time), `invalid` (not what was asked for, or not HTTP), `misdirected` (421: another
 * range's letter), `aborted` (by us).
 */
export type AttemptFailure = 'refused' | 'reset' | 'timeout' | 'invalid' | 'misdirected' | 'aborted';

export class AttemptError extends Error {
  readonly failure: AttemptFailure;

  constructor(failure: AttemptFailure, cause?: unknown) {
    super(cause === undefined ? failure : `${failure}: ${messageOf(cause)}`);
    this.name = 'AttemptError';
    this.failure = failure;
  }
}

export interface Attempt {
  /** The answer, when its head is there; its body is the caller's to read. Rejects with AttemptError. */
  readonly answer: Promise<IncomingMessage>;
  abort(): void;
}

/** Address of an instance, in the form http-proxy takes without parsing it for each request. */
export interface UpstreamTarget {
  readonly protocol: 'http:';
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
}

/** The address in an announced URL. */
export function upstreamTarget(url: string): UpstreamTarget {
  const { host, hostname, port } = new URL(url);
  return { protocol: 'http:', host, hostname: hostname.replace(/^\[|\]$/g, ''), port: port || '80' };
}

/** Sends attempts over kept-alive connections. */
export class Upstream {
  /** First in, first out: every kept connection gets its turn, so workers' shares follow their connections. */
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 1024, scheduling: 'fifo' });
  /** For retries: a kept connection may lead to the worker that just died. */
  readonly #freshAgent = new Agent({ keepAlive: false });
  readonly #proxy = httpProxy.createProxyServer({
    agent: this.#agent,
    selfHandleResponse: true,
    toProxy: true, // our target is taken as it is, without a parse for each request
  });

  constructor() {
    this.#proxy.on('proxyRes', (answer, request) => (request as unknown as SyntheticRequest).onAnswer(answer));
  }

  /**
   * Tries a request at an instance; `timeoutMs` bounds the time to the answer's head. A retry gets a connection of its
   * own.
   */
  attempt(at: UpstreamTarget, request: UpstreamRequest, timeoutMs: number, isRetry: boolean): Attempt {
    const attempt = new SyntheticRequest(request, timeoutMs);
    const options = isRetry ? { target: at, agent: this.#freshAgent } : { target: at };
    this.#proxy.web(attempt as never, ANSWERED_BY_US as never, options, (error) => attempt.onError(error));
    return attempt;
  }

  close(): void {
    this.#agent.destroy();
    this.#freshAgent.destroy();
    this.#proxy.removeAllListeners();
  }
}

/** Stands in for the client's response, which http-proxy must never touch. */
const ANSWERED_BY_US = { headersSent: true, finished: true };

/** Stands in for the client's request: what http-proxy reads of one, and no more. */
class SyntheticRequest implements Attempt {
  readonly method: string;
  readonly url: string;
  readonly headers: OutgoingHttpHeaders;
  readonly socket = { destroyed: false };
  readonly answer: Promise<IncomingMessage>;
  readonly #resolve: (answer: IncomingMessage) => void;
  readonly #reject: (error: AttemptError) => void;
  readonly #timer: NodeJS.Timeout;
  #upstream: ClientRequest | undefined;
  #isSettled = false;

  constructor({ method, target, headers }: UpstreamRequest, timeoutMs: number) {
    this.method = method;
    this.url = target;
    this.headers = headers;
    let resolve!: (answer: IncomingMessage) => void;
    let reject!: (error: AttemptError) => void;
    this.answer = new Promise((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#end('timeout'), timeoutMs);
  }

  onAnswer(answer: IncomingMessage): void {
    clearTimeout(this.#timer);
    this.#isSettled = true;
    this.#resolve(answer);
  }

  /** http-proxy pipes the client's body; ours has none, so the request is complete. */
  pipe(upstream: ClientRequest): void {
    this.#upstream = upstream;
    // A switch of protocols ends a request with neither an answer nor an error.
    upstream.once('close', () => this.#fail('invalid', 'there was no answer'));
    upstream.end();
  }

  /** http-proxy listens for the client's `aborted` and `error`, which ours has not. */
  on(): this {
    return this;
  }

  onError(error: Error): void {
    this.#fail(failureOf(error), error);
  }

  abort(): void {
    this.#end('aborted');
  }

  #end(failure: AttemptFailure): void {
    this.#fail(failure);
    this.#upstream?.destroy();
  }

  /** Errors are made only for who gets them: this is called at the end of every attempt. */
  #fail(failure: AttemptFailure, cause?: unknown): void {
    if (this.#isSettled) return;
    clearTimeout(this.#timer);
    this.#isSettled = true;
    this.#reject(new AttemptError(failure, cause));
  }
}

function failureOf(error: Error): AttemptFailure {
  const code = systemCode(error);
  switch (code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return 'reset';
    default:
      return code?.startsWith('HPE_') ? 'invalid' : 'refused';
  }
}
