// A whole HTTP answer as one buffer, for sending it again and again: only its date and its request id are written anew.
// Equal to what Node would send (test/runtime/ready-answer.test.ts). One buffer is one system call without a queue.
// Invariant: bytes that the system has not taken yet are never changed; who sends next makes itself a copy.

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

export interface ReadyAnswerOptions {
  readonly status: number;
  /** Flat list of names and values, without Date and Connection. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** As announced in Keep-Alive, in ms. */
  readonly keepAliveMs: number;
  /** Whether each answer names its request. */
  readonly hasRequestId: boolean;
}

/** Length of a UUID; the answer to a request whose id is longer or shorter is not ready. */
const ID_LENGTH = 36;
const DATE_LENGTH = 29;

export class ReadyAnswer {
  #bytes: Buffer;
  readonly #headLength: number;
  readonly #dateAt: number;
  readonly #idAt: number;
  #second = 0;
  #isLent = false;

  constructor({ status, headers, body, keepAliveMs, hasRequestId }: ReadyAnswerOptions) {
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
    for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`;
    if (hasRequestId) head += 'X-Request-Id: ';
    this.#idAt = hasRequestId ? head.length : -1;
    if (hasRequestId) head += `${' '.repeat(ID_LENGTH)}\r\n`;
    head += 'Date: ';
    this.#dateAt = head.length;
    head += `${' '.repeat(DATE_LENGTH)}\r\nConnection: keep-alive\r\n`;
    head += `Keep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n\r\n`;
    this.#headLength = head.length;
    this.#bytes = Buffer.concat([Buffer.from(head, 'latin1'), body]);
  }

  /** The body, in the same memory. */
  get body(): Buffer {
    return this.#bytes.subarray(this.#headLength);
  }

  /** Sends it, without its body for HEAD; false when the request id does not fit. The socket must have nothing to send. */
  send(socket: Socket, requestId: string | undefined, isHead: boolean): boolean {
    const hasId = this.#idAt >= 0;
    if (hasId && requestId?.length !== ID_LENGTH) return false;
    if (this.#isLent) this.#bytes = Buffer.from(this.#bytes);
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#bytes.write(new Date(second * 1000).toUTCString(), this.#dateAt, 'latin1');
    }
    if (hasId) this.#bytes.write(requestId!, this.#idAt, 'latin1');
    socket.write(isHead ? this.#bytes.subarray(0, this.#headLength) : this.#bytes);
    this.#isLent = socket.writableLength > 0;
    return true;
  }
}
