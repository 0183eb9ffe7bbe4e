// HTTP as bytes on a socket, for what no client library would send or show. A connection ends with its test.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** One answer as it came. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; of a repeated field the last one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface RawConnection {
  readonly socket: Socket;
  /** Sends text as latin1, one byte a character. */
  send(bytes: string | Buffer): void;
  /** All that came, as latin1. */
  received(): string;
  receivedBytes(): number;
  /** The whole answers that came so far, 1xx included. */
  answers(): readonly RawAnswer[];
  /** The n-th whole answer, as soon as it is there. */
  answer(n?: number): Promise<RawAnswer>;
  /** Resolves when the connection is closed from the other side (or broken). */
  readonly closed: Promise<void>;
  readonly isClosed: () => boolean;
}

/**
 * Opens a connection; `isPaused` leaves all that comes unread until `socket.resume()`, `isHead` says that answers have
 * no bodies.
 */
export async function openRaw(url: string, { isPaused = false, isHead = false } = {}): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  onTestFinished(() => {
    socket.destroy();
  });
  const received: Buffer[] = [];
  const parser = new AnswerParser(isHead);
  let isClosed = false;
  const closed = new Promise<void>((resolve) => {
    const close = (): void => {
      isClosed = true;
      socket.destroy();
      resolve();
    };
    socket.once('end', close);
    socket.once('close', close);
  });
  socket.on('error', () => {}); // a reset closes, too
  socket.on('data', (chunk) => {
    received.push(chunk);
    parser.push(chunk);
  });
  if (isPaused) socket.pause();
  await once(socket, 'connect');
  const text = (): string => Buffer.concat(received).toString('latin1');
  return {
    socket,
    send: (bytes) => {
      socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    },
    received: text,
    receivedBytes: () => received.reduce((sum, { length }) => sum + length, 0),
    answers: () => parser.answers,
    answer: (n = 1) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const answer = parser.answers[n - 1];
          if (answer) resolve(answer);
          else if (isClosed) reject(new Error(`closed before answer ${n}: ${text().slice(0, 500)}`));
          else return;
          socket.off('data', look);
        };
        socket.on('data', look);
        void closed.then(look);
        look();
      }),
    closed,
    isClosed: () => isClosed,
  };
}

/** Sends bytes on a connection of its own and gives all answers that came until the other side closed. */
export async function exchange(url: string, bytes: string | Buffer): Promise<readonly RawAnswer[]> {
  const connection = await openRaw(url, { isHead: bytes.toString().startsWith('HEAD ') });
  connection.send(bytes);
  await connection.closed;
  return connection.answers();
}

/** A request's head; lines of `fields` follow the Host. */
export function head(
  target: string,
  { method = 'GET', host = 'people.example', fields = [] as string[] } = {},
): string {
  return `${[`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...fields].join('\r\n')}\r\n\r\n`;
}

/** Splits what comes into whole answers. */
class AnswerParser {
  readonly #answers: RawAnswer[] = [];
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** As long as there is less, there can be no further answer. */
  #neededBytes = 0;
  readonly #isHead: boolean;

  constructor(isHead: boolean) {
    this.#isHead = isHead;
  }

  /** Throws when what came is not framed as HTTP/1.1. */
  get answers(): readonly RawAnswer[] {
    if (Number.isNaN(this.#neededBytes)) throw new Error(`no answers: ${Buffer.concat(this.#rest).toString('latin1')}`);
    return this.#answers;
  }

  push(chunk: Buffer): void {
    this.#rest.push(chunk);
    this.#restBytes += chunk.length;
    if (!(this.#restBytes >= this.#neededBytes)) return;
    let bytes = Buffer.concat(this.#rest);
    while (bytes.length > 0) {
      const headEnd = bytes.indexOf('\r\n\r\n');
      if (headEnd < 0) break;
      const answer = parseHead(bytes.toString('latin1', 0, headEnd));
      const end = headEnd + 4 + (this.#isHead ? 0 : lengthOf(answer));
      this.#neededBytes = end;
      if (!(bytes.length >= end)) break;
      this.#answers.push({ ...answer, body: bytes.subarray(headEnd + 4, end) });
      bytes = bytes.subarray(end);
      this.#neededBytes = 0;
    }
    this.#rest = [bytes];
    this.#restBytes = bytes.length;
  }
}

function parseHead(text: string): Omit<RawAnswer, 'body'> {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
  return { status, headers: Object.fromEntries(lines.map(parseField)) };
}

function lengthOf({ status, headers }: Omit<RawAnswer, 'body'>): number {
  if (Number.isNaN(status)) return Number.NaN;
  return status < 200 || status === 204 || status === 304 ? 0 : Number(headers['content-length'] ?? 0);
}

function parseField(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
