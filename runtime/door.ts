// The HTTP server every process opens: Node's parser, with all that Node would answer by itself, and all that it
// would let through, turned into problems (DESIGN §5). Who handles requests behind it sees only bodiless ones with
// exactly one Host, one at a time from each connection. Cost per request: one walk over the raw headers.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection.ts';
import type { KnownHeads } from './known-heads.ts';
import { rawProblem, sendProblem } from './problem.ts';
import { CONNECT_REFUSED, HEAD_LIMIT, type ParserError, parserProblem, refusalOf } from './refusal.ts';

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
  /** Default: a connection may live for ever. */
  readonly age?: ConnectionAge;
}

/** How long a door keeps an idle connection, in ms, unless told otherwise; kept pages announce it (people/page.ts). */
export const KEEP_ALIVE_MS = 30_000;
const DEFAULT_LIMITS: DoorLimits = { headersMs: 10_000, keepAliveMs: KEEP_ALIVE_MS, stallMs: 30_000 };
const SWEEP_MS = 50;
const IDLE_GRACE_MS = 500;

/** When a connection is closed so that its client opens a new one, which may reach another worker. */
export interface ConnectionAge {
  readonly requests: number;
  /** ± 20 %, so that connections opened together do not end together. */
  readonly ms: number;
}

/** A server, and the way to end it in order. */
export interface Door {
  readonly server: Server;
  /** Serves a connection that another process accepted. */
  accept(socket: Socket): void;
  /** Connections open right now. */
  connections(): number;
  /** Requests whose answer is not finished. */
  inFlight(): number;
  /** Takes no new connection, lets each answer under way finish (with `Connection: close`), resolves when all are gone. */
  drain(): Promise<void>;
}

/** What a door may be given besides its handler. */
export interface DoorOptions extends Partial<DoorLimits> {
  /** What the handler has them remember is answered without it. */
  readonly heads?: KnownHeads | undefined;
  /** Told of each request, or bytes that are none, answered with a problem by the door itself. */
  readonly onRefused?: (status: number) => void;
}

/** Creates the server (not yet listening). It refuses, as problems, what no handler should see. */
export function createDoor(handler: Handler, options: DoorOptions = {}): Door {
  const { headersMs, keepAliveMs, stallMs, age, heads, onRefused = () => {} } = { ...DEFAULT_LIMITS, ...options };
  const connections = new Map<Socket, Connection>();
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

  // Called by server.close(). Node's own would also cut answers that are ended but not yet sent.
  server.closeIdleConnections = () => {};

  const shallEnd = (connection: Connection): boolean => isDraining || (age !== undefined && isOld(connection, age));
  const takeTurn = (req: IncomingMessage, res: ServerResponse, connection: Connection): void => {
    if (shallEnd(connection) && connection.isLastTurn) res.shouldKeepAlive = false;
    // Nobody here takes one, and what came with it Node's parser has dropped: where the next request begins is unsure.
    if (req.headers.upgrade !== undefined) res.shouldKeepAlive = false;
    const problem = refusalOf(req);
    if (!problem) {
      handler(req, res);
      return;
    }
    onRefused(problem.status);
    sendProblem(res, problem);
  };
  server.on('connection', (socket) => {
    const connection = new Connection(socket, takeTurn);
    connections.set(socket, connection);
    heads?.readBefore(socket, connection, () => connection.isFree && !shallEnd(connection));
    socket.once('close', () => connections.delete(socket));
  });
  const take = (req: IncomingMessage, res: ServerResponse): void => connections.get(req.socket)?.take(req, res);
  server.on('request', take);
  server.on('checkContinue', take);
  server.on('checkExpectation', take);
  server.on('connect', (_req, socket: Socket) => {
    const connection = connections.get(socket);
    if (connection) connection.isDetached = true;
    // Node has let go of the connection: what is under way on it could stall for ever.
    if (!connection?.isIdle) {
      socket.destroy();
      return;
    }
    onRefused(CONNECT_REFUSED.status);
    connection.refuse(rawProblem(CONNECT_REFUSED));
  });
  server.on('clientError', (error: ParserError, socket) => {
    const problem = parserProblem(error);
    if (!problem) {
      socket.destroy();
      return;
    }
    const isNew = connections.get(socket as Socket)?.refuse(rawProblem(problem));
    if (isNew) onRefused(problem.status);
  });

  let isHandedConnections = false;

  return {
    server,
    connections: () => connections.size,
    inFlight: () => [...connections.values()].filter(({ isIdle }) => !isIdle).length,
    accept(socket) {
      if (!isHandedConnections) {
        // Node starts its time limits for heads on 'listening', which a server that never listens would miss.
        isHandedConnections = true;
        server.emit('listening');
      }
      server.emit('connection', socket);
      socket.resume();
    },
    async drain() {
      isDraining = true;
      for (const connection of connections.values()) connection.announceEnd();
      if (server.listening) server.close();
      // Who is about to use a kept-alive connection learns from an answer's "Connection: close" that it ends; only
      // those that stay silent for a while are simply closed.
      await Promise.race([allClosed(connections), sleep(IDLE_GRACE_MS)]);
      const sweep = setInterval(() => {
        for (const connection of connections.values()) if (connection.isIdle) connection.close();
      }, SWEEP_MS);
      await allClosed(connections);
      clearInterval(sweep);
      server.close(); // a server that was handed its connections still has a timer
    },
  };
}

async function allClosed(connections: ReadonlyMap<Socket, Connection>): Promise<void> {
  await Promise.all([...connections.keys()].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  if (connections.size > 0) await allClosed(connections);
}

/** Whether the request that comes now, and is not counted yet, is its last. */
function isOld({ requests, openedAt, lifespan }: Connection, age: ConnectionAge): boolean {
  return requests + 1 >= age.requests || performance.now() >= openedAt + age.ms * lifespan;
}
