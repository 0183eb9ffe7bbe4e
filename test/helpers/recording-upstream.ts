// An instance that is only a socket: it records what it is asked, byte for byte, and answers whatever a test wants.

import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { listen } from '../../runtime/listen.ts';

export interface RecordedRequest {
  readonly requestLine: string;
  /** Fields as they came; names in lower case. */
  readonly fields: ReadonlyArray<readonly [name: string, value: string]>;
  /** Which connection it came on, from 1. */
  readonly connection: number;
  /** How often this upstream was asked, this time included. */
  readonly number: number;
}

export interface RecordingUpstream {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Connections open right now. */
  openConnections(): number;
  /** Everything that came, on all connections. */
  received(): string;
}

/** Answers a request by writing to its socket (or not at all). */
export type Respond = (socket: Socket, request: RecordedRequest) => void;

/** Opens an upstream until the test is over. */
export async function openUpstream(respond: Respond): Promise<RecordingUpstream> {
  const requests: RecordedRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let received = '';
  const server = createServer((socket) => {
    const connection = ++connections;
    let pending = '';
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      pending += chunk.toString('latin1');
      for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
        const [requestLine = '', ...lines] = pending.slice(0, end).split('\r\n');
        pending = pending.slice(end + 4);
        const request = { requestLine, fields: lines.map(parseField), connection, number: requests.length + 1 };
        requests.push(request);
        respond(socket, request);
      }
    });
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const url = await listen(server, '127.0.0.1', 0);
  return { url, requests, openConnections: () => sockets.size, received: () => received };
}

/** The URL of a port where nobody listens. */
export async function closedPort(): Promise<string> {
  const server = createServer();
  const url = await listen(server, '127.0.0.1', 0);
  await new Promise((resolve) => server.close(resolve));
  return url;
}

/** The body of a page with nobody on it. */
export const PAGE_BODY = '{"letter":"J","total":0,"people":[],"next":null}\n';

export interface AnswerParts {
  readonly status?: string;
  /** Set or, with null, left out; others are those of a good page. */
  readonly fields?: Readonly<Record<string, string | null>>;
  /** Fields that come more than once, or oddly. */
  readonly extra?: readonly string[];
  readonly body?: string;
}

/** The bytes of an answer: a good page, but for what is changed. */
export function pageAnswer({ status = '200 OK', fields = {}, extra = [], body = PAGE_BODY }: AnswerParts = {}): string {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 24);
  const all = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    ETag: `"${hash}"`,
    Shard: 'A-Z',
    Dataset: '0123456789ab',
    'Served-By': 'upstream-1/1',
    ...fields,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return `${[`HTTP/1.1 ${status}`, ...lines, ...extra].join('\r\n')}\r\n\r\n${body}`;
}

/** The head of a stream of so many bytes. */
export function streamHead(length: number, fields: Readonly<Record<string, string | null>> = {}): string {
  return pageAnswer({
    fields: { 'Content-Type': 'application/x-ndjson', 'Content-Length': String(length), ETag: null, ...fields },
    body: '',
  });
}

function parseField(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
