// HTTP as bytes on a socket, for what no client library would send or show. A connection ends with its test.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { waitFor } from './wait-for.ts';

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
  answers(): RawAnswer[];
  /** The n-th whole answer, as soon as it is there. */
  answer(n?: number): Promise<RawAnswer>;
  /** Resolves when the connection is closed from the other side (or broken). */
  readonly closed: Promise<void>;
  readonly isClosed: () => boolean;
}

/** Opens a connection; `isPaused` leaves all that comes unread until `socket.resume()`. */
export async function openRaw(url: string, { isPaused = false } = {}): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  onTestFinished(() => {
    socket.destroy();
  });
  let isClosed = false;
  let length = 0;
  let chunks: Buffer[] = [];
  const all = (): Buffer => {
    if (chunks.length !== 1) chunks = [Buffer.concat(chunks)];
    return chunks[0]!;
  };
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
    length += chunk.length;
    chunks.push(chunk);
  });
  if (isPaused) socket.pause();
  await once(socket, 'connect');
  return {
    socket,
    send: (bytes) => {
      socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    },
    received: () => all().toString('latin1'),
    receivedBytes: () => length,
    answers: () => parseAnswers(all()),
    answer: (n = 1) =>
      waitFor(`answer ${n}`, () => {
        const answers = parseAnswers(all());
        if (isClosed && answers.length < n)
          throw new Error(`closed after ${answers.length} answers: ${all().toString('latin1').slice(0, 500)}`);
        return answers[n - 1];
      }),
    closed,
    isClosed: () => isClosed,
  };
}

/** Sends bytes on a connection of its own and gives all answers that came until the other side closed. */
export async function exchange(url: string, bytes: string | Buffer): Promise<RawAnswer[]> {
  const connection = await openRaw(url);
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

/** Splits what came into whole answers; what is not framed as HTTP/1.1 throws. */
function parseAnswers(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const headEnd = bytes.indexOf('\r\n\r\n', at);
    if (headEnd < 0) break;
    const [statusLine = '', ...lines] = bytes.toString('latin1', at, headEnd).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
    if (!status) throw new Error(`not an answer: ${statusLine.slice(0, 200)}`);
    const headers = Object.fromEntries(lines.map(parseField));
    const length = status < 200 || status === 204 || status === 304 ? 0 : Number(headers['content-length'] ?? 0);
    const end = headEnd + 4 + length;
    if (end > bytes.length) break;
    answers.push({ status, headers, body: bytes.subarray(headEnd + 4, end) });
    at = end;
  }
  return answers;
}

function parseField(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
