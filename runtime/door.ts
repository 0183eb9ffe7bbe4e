// The HTTP server every process opens: Node's parser, with all that Node would answer by itself, and all that it
// would let through, turned into problems (DESIGN §5). Who handles requests behind it sees only bodiless ones with
// exactly one Host. Cost per request: one walk over the raw headers.
// Closing after a refusal lingers (RFC 9112 §9.6): the rest of an unwanted body is read away for a moment, or the
// reset it provokes could overtake our answer.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Problem, pathOf, rawProblem, sendProblem } from './problem.ts';

/** What stands behind a door. */
export type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/** Time limits of a door, in ms. */
export interface DoorLimits {
  /** A request's head must be complete within this, else 408. Default 10 s. */
  readonly headersMs: number;
  /** An idle keep-alive connection is closed after this. Default 30 s. */
  readonly keepAliveMs: number;
  /** A connection without any progress, reading or writing, is cut after this. Default 30 s. */
  readonly stallMs: number;
}

/** Methods the people API answers; the Allow header of a 405. */
export const ALLOWED_METHODS = 'GET, HEAD, OPTIONS';

const DEFAULT_LIMITS: DoorLimits = { headersMs: 10_000, keepAliveMs: 30_000, stallMs: 30_000 };
const HEAD_LIMIT = 16 * 1024;
const URL_LIMIT = 8 * 1024;
const LINGER_MS = 1_000;
const SWEEP_MS = 50;
const HOST = /^[^\s,/?#@\\]*$/;

/** A server, and the way to end it in order. */
export interface Door {
  readonly server: Server;
  /** Takes no new connection, lets each answer under way finish (with `Connection: close`), resolves when all are gone. */
  drain(): Promise<void>;
}

/** Creates the server (not yet listening). It refuses, as problems, what no handler should see. */
export function createDoor(handler: Handler, limits: Partial<DoorLimits> = {}): Door {
  const { headersMs, keepAliveMs, stallMs } = { ...DEFAULT_LIMITS, ...limits };
  const unanswered = new Map<Duplex, ServerResponse>();
  let isDraining = false;
  const server = createServer({
    requireHostHeader: false, // checked below, answered in our shape
    maxHeaderSize: HEAD_LIMIT,
    headersTimeout: headersMs,
    requestTimeout: headersMs,
    connectionsCheckingInterval: Math.min(1_000, headersMs),
    keepAliveTimeout: keepAliveMs,
  });
  server.timeout = stallMs;
  server.maxHeadersCount = 0; // bounded by HEAD_LIMIT; a count limit would silently drop the header we must refuse

  const open = (req: IncomingMessage, res: ServerResponse): void => {
    if (isDraining) res.shouldKeepAlive = false;
    const problem = refusalOf(req);
    if (problem) refuse(res, problem);
    else handler(req, res);
    if (res.writableEnded) return;
    unanswered.set(req.socket, res);
    res.once('close', () => {
      if (unanswered.get(req.socket) === res) unanswered.delete(req.socket);
    });
  };
  server.on('request', open);
  server.on('checkContinue', open);
  server.on('checkExpectation', (_req, res) => {
    refuse(res, { status: 417, detail: 'Only "Expect: 100-continue" is understood.', isFatal: true });
  });
  server.on('connect', (_req, socket) =>
    endRaw(socket, { status: 405, detail: 'CONNECT is not supported.', headers: { Allow: ALLOWED_METHODS } }),
  );
  server.on('clientError', (error: Error & { code?: string; rawPacket?: Buffer }, socket) => {
    const pending = unanswered.get(socket);
    if (pending) {
      // An earlier request of this connection is still being answered: nothing may be written in its place.
      pending.shouldKeepAlive = false;
      pending.once('close', () => socket.destroy());
      return;
    }
    const problem = parserProblem(error);
    if (problem) endRaw(socket, problem);
    else socket.destroy();
  });

  return {
    server,
    drain: () =>
      new Promise((resolve) => {
        isDraining = true;
        for (const res of unanswered.values()) res.shouldKeepAlive = false;
        const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
        server.close(() => {
          clearInterval(sweep);
          resolve();
        });
      }),
  };
}

/** Why a parsed request must not be handled; null when it may. */
export function refusalOf(req: IncomingMessage): Problem | null {
  const raw = req.rawHeaders;
  let hosts = 0;
  let lengths = 0;
  let hasBody = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (name.length === 4) {
      if (name === 'Host' || name === 'host' || name.toLowerCase() === 'host') {
        hosts++;
        if (!HOST.test(raw[i + 1]!)) return fatal('The Host header is not a host.');
      }
    } else if (name.length === 14) {
      if (name.toLowerCase() !== 'content-length') continue;
      const value = raw[i + 1]!;
      lengths++;
      if (!/^(0|[1-9]\d*)$/.test(value)) return fatal('The Content-Length header is not a plain number.');
      hasBody ||= value !== '0';
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      return fatal('Transfer-Encoding is not accepted: requests have no body here.');
    }
  }
  if (hosts > 1) return fatal('There is more than one Host header.');
  if (hosts === 0 && req.httpVersionMinor > 0) return fatal('The Host header is missing.');
  if (lengths > 1) return fatal('There is more than one Content-Length header.');
  if (hasBody) return { status: 413, detail: 'Requests have no body here.', isFatal: true };
  if (req.url!.length > URL_LIMIT) return { status: 414, detail: 'The URL is longer than 8 KiB.' };
  return null;
}

/** Answers with a problem; a fatal one closes the connection, lingering. */
export function refuse(res: ServerResponse, problem: Problem): void {
  const socket = res.req.socket;
  if (problem.isFatal) socket.destroySoon = () => linger(socket); // what Node calls after a response with "close"
  sendProblem(res, problem);
}

/** The problem for an unknown path. */
export function notFound(req: IncomingMessage): Problem {
  return { status: 404, detail: `There is nothing at ${pathOf(req.url ?? '').slice(0, 256)}.` };
}

function fatal(detail: string): Problem {
  return { status: 400, detail, isFatal: true };
}

/** What the parser's refusal means to a client; null when nobody is left to tell. */
function parserProblem(error: Error & { code?: string; rawPacket?: Buffer }): Problem | null {
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return null;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, detail: 'The request did not arrive in time.' };
    case 'HPE_HEADER_OVERFLOW':
      return isUrlTooLong(error.rawPacket)
        ? { status: 414, detail: 'The URL is longer than 8 KiB.' }
        : { status: 431, detail: 'The head of the request is larger than 16 KiB.' };
    default:
      return { status: 400, detail: 'This is not a well-formed HTTP/1.1 request.' };
  }
}

function isUrlTooLong(packet: Buffer | undefined): boolean {
  if (!packet || !/^[A-Z]+ \S/.test(packet.toString('latin1', 0, 32))) return false;
  const lineEnd = packet.indexOf(0x0a);
  return (lineEnd < 0 ? packet.length : lineEnd) > URL_LIMIT;
}

function endRaw(socket: Duplex, problem: Problem): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.write(rawProblem(problem));
  linger(socket as Socket);
}

/** Sends FIN, reads away what still comes, and cuts the connection after a moment at the latest. */
function linger(socket: Socket): void {
  if (socket.destroyed) return;
  socket.end();
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('end', () => socket.destroy());
  socket.once('error', () => socket.destroy());
  socket.once('close', () => clearTimeout(timer));
}
