// Requests whose head is known byte for byte, answered before they are parsed. Who sends the same head again asks the
// same again: parser, headers and a response object would only find what they found before, at most of the cost.
// Invariant: only a request that arrived alone, whole, and right behind another one is taken from the parser, so that
// nothing can be smuggled past it; a repeated answer is decided anew each time (table, cache, ETag), only reading is
// saved. Memory is bounded, and starts anew when it is full. Cost of a head not known: one string and one lookup.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Connection } from './connection.ts';
import { isRequestId } from './problem.ts';

/** Sends the whole answer to a request asked before; false: not this time. `requestId` is the request's own. */
export type RepeatAnswer = (socket: Socket, requestId: string | undefined) => boolean;

interface Head {
  /** Its bytes without its request id and what else does not matter. */
  readonly key: string;
  readonly requestId: string | undefined;
}

type Parse = (chunk: Buffer) => void;

const REMEMBERED = 4_096;
const LONGEST = 2_048;
const END = '\r\n\r\n';
const ID_LINE = '\r\nX-Request-Id: ';
const PLAIN_VALUE = /^[\w.:%-]*$/;

export class KnownHeads {
  readonly #answers = new Map<string, RepeatAnswer>();
  readonly #ignoredLines: readonly string[];
  /** The head that is being parsed and handled now. */
  #current: Head | null = null;

  /** The answers depend in no way on the values of the `ignored` headers. */
  constructor(ignored: readonly string[] = []) {
    this.#ignoredLines = ignored.map((name) => `\r\n${name}: `);
  }

  /** To be called by a handler while it answers: the same request is answered so the next time. */
  remember(req: IncomingMessage, res: ServerResponse, answer: RepeatAnswer): void {
    const head = this.#current;
    if (!head || !res.shouldKeepAlive || req.httpVersion !== '1.1') return;
    if (req.headers['x-request-id'] !== head.requestId) return; // written in a way that we do not look for
    if (this.#answers.size >= REMEMBERED) this.#answers.clear();
    this.#answers.set(head.key, answer);
  }

  /** Reads a connection before Node's parser does. `mayRepeat` tells whether it may be answered without the parser. */
  readBefore(socket: Socket, connection: Connection, mayRepeat: () => boolean): void {
    const [parse] = socket.listeners('data') as Parse[];
    if (!parse) return;
    socket.removeListener('data', parse);
    let isBetweenRequests = true;
    socket.on('data', (chunk: Buffer) => {
      if (connection.isDetached) return;
      const head = isBetweenRequests && chunk.length <= LONGEST ? this.#headOf(chunk) : null;
      // Node's time limit for heads ends with the first request that it has parsed.
      if (head && connection.requests > 0 && mayRepeat()) {
        if (this.#answers.get(head.key)?.(socket, head.requestId)) {
          connection.requests++;
          return;
        }
      }
      isBetweenRequests &&= chunk.indexOf(END) === chunk.length - END.length;
      const before = connection.latest;
      this.#current = isBetweenRequests ? head : null;
      try {
        parse(chunk);
      } finally {
        this.#current = null;
      }
      const { latest } = connection;
      isBetweenRequests &&= latest !== before && latest?.complete === true;
    });
  }

  #headOf(chunk: Buffer): Head {
    let key = chunk.toString('latin1');
    let requestId: string | undefined;
    const id = valueAt(key, ID_LINE);
    if (id && isRequestId(id.value)) {
      requestId = id.value;
      key = without(key, id);
    }
    for (const line of this.#ignoredLines) {
      const found = valueAt(key, line);
      if (found && PLAIN_VALUE.test(found.value)) key = without(key, found);
    }
    return { key, requestId };
  }
}

interface Found {
  readonly value: string;
  readonly from: number;
  readonly to: number;
}

function valueAt(head: string, line: string): Found | null {
  const at = head.indexOf(line);
  if (at < 0) return null;
  const from = at + line.length;
  const to = head.indexOf('\r\n', from);
  return to < 0 ? null : { value: head.slice(from, to), from, to };
}

function without(head: string, { from, to }: Found): string {
  return head.slice(0, from) + head.slice(to);
}
