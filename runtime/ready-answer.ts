// A whole HTTP answer as one buffer, for sending it again and again: only its date and its request id are written anew.
// Equal to what Node would send (test/runtime/ready-answer.test.ts). One buffer is one system call without a queue.
// Invariant: bytes that the system has not taken yet are never changed: who sends meanwhile makes itself a copy of the
// head. The body is nobody's to change, and all share it: clients that read slowly hold a page once, however many.

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
  readonly #bytes: Buffer;
  readonly #headLength: number;
  readonly #dateAt: number;
  readonly #idAt: number;
  #second = 0;
  /** A connection that may not have sent the bytes yet. */
  #borrower: Socket | undefined;

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
    if (isSending(this.#borrower)) {
      this.#sendCopy(socket, requestId, isHead);
      return true;
    }
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#writeDate(this.#bytes, second);
    }
    if (hasId) this.#bytes.write(requestId!, this.#idAt, 'latin1');
    socket.write(isHead ? this.#bytes.subarray(0, this.#headLength) : this.#bytes);
    this.#borrower = socket.writableLength > 0 ? socket : undefined;
    return true;
  }

  #sendCopy(socket: Socket, requestId: string | undefined, isHead: boolean): void {
    const head = Buffer.from(this.#bytes.subarray(0, this.#headLength));
    this.#writeDate(head, Math.floor(Date.now() / 1000));
    if (this.#idAt >= 0) head.write(requestId!, this.#idAt, 'latin1');
    socket.cork();
    socket.write(head);
    if (!isHead) socket.write(this.body);
    socket.uncork();
  }

  #writeDate(head: Buffer, second: number): void {
    head.write(new Date(second * 1000).toUTCString(), this.#dateAt, 'latin1');
  }
}

function isSending(socket: Socket | undefined): boolean {
  return socket !== undefined && !socket.destroyed && socket.writableLength > 0;
}
