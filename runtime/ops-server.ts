// The operators' port of a primary (DESIGN §7): health, metrics, status, and orders to scale, reload and drain.
// Invariant: nobody but the operator can give orders. On loopback the Host header must be loopback (DNS rebinding) and
// a browser's page of another origin is refused; anywhere else every request needs the bearer token.

import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { listen } from './listen.ts';
import type { Logger } from './log.ts';
import { METRICS_CONTENT_TYPE } from './metrics.ts';
import { type Problem, sendProblem } from './problem.ts';
import { messageOf, UserError } from './user-error.ts';

/** What a primary shows and does on its ops port. */
export interface Operations {
  isReady(): boolean;
  status(): unknown;
  metrics(): Promise<string>;
  /** Begin; the answer is 202 before they end. `status` shows how they went. */
  scale(workers: number): void;
  reload(): void;
  drain(): void;
}

export interface OpsServerOptions {
  readonly host: string;
  readonly port: number;
  /** Bearer token that opens this port; needed when `host` is not loopback. */
  readonly token: string | null;
  readonly operations: Operations;
  readonly log: Logger;
  /** Paths of files that are open to everybody, token or not: they must hold no secret. */
  readonly isOpenFile?: (path: string) => boolean;
  /** Further routes (a router's registry, pools, console). */
  readonly addRoutes?: (app: Express) => void;
}

/** The largest number of workers an instance may be given. */
export const MAX_WORKERS = 64;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/i;
const BODY_LIMIT = '64kb';

/** Opens the ops port; resolves with its URL. Throws UserError (usage, address). */
export async function openOpsServer(options: OpsServerOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { host, port, token } = options;
  if (!isLoopback(host) && !token) {
    throw UserError.usage(
      `--ops-host ${host} is not loopback: give a secret with --ops-token, which callers must then show`,
    );
  }
  const server = createServer(
    { connectionsCheckingInterval: 1_000, headersTimeout: 10_000, requestTimeout: 10_000 },
    createOpsApp(options),
  );
  const url = await listen(server, host, port, 'ops');
  return { url, close: () => closeServer(server) };
}

/** Whether a host name or address means this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

function createOpsApp({ host, token, operations, log, isOpenFile, addRoutes }: OpsServerOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(guard(isLoopback(host), token, isOpenFile ?? (() => false)));
  app.use(express.json({ limit: BODY_LIMIT }));

  app.get('/healthz', (_req, res) => {
    res.type('text').send('ok\n');
  });
  app.get('/readyz', (_req, res) => {
    if (operations.isReady()) res.type('text').send('ready\n');
    else sendProblem(res, { status: 503, detail: 'Not ready.', headers: { 'Retry-After': '1' } });
  });
  app.get('/metrics', async (_req, res) => {
    res.set('Content-Type', METRICS_CONTENT_TYPE).send(await operations.metrics());
  });
  app.get('/status', (_req, res) => {
    res.json(operations.status());
  });
  app.get('/openapi.yaml', (_req, res) => {
    res.type('yaml').send(readFileSync(new URL('./openapi.yaml', import.meta.url), 'utf8'));
  });
  app.post('/scale', (req, res) => {
    const workers = workersOf(req.body);
    if (workers === null) {
      sendProblem(res, BAD_SCALE);
      return;
    }
    operations.scale(workers);
    res.status(202).json({ workers });
  });
  app.post('/reload', (_req, res) => {
    operations.reload();
    res.status(202).json({});
  });
  app.post('/drain', (_req, res) => {
    operations.drain();
    res.status(202).json({});
  });
  addRoutes?.(app);
  app.use((_req, res) =>
    sendProblem(res, { status: 404, detail: 'There is nothing here; /openapi.yaml lists what there is.' }),
  );
  const failed: ErrorRequestHandler = (error, _req, res, _next) => {
    const status = statusOf(error);
    if (status >= 500) log.error({ err: error }, 'an ops request failed');
    sendProblem(res, { status, detail: detailOf(status, error) });
  };
  app.use(failed);
  return app;
}

/** What is wrong with a body that should be `{"workers": N}`. */
export const BAD_SCALE: Problem = {
  status: 400,
  detail: `The body must be {"workers": N} with N from 1 to ${MAX_WORKERS}.`,
};

/** The N of a body `{"workers": N}`; null when it is not one. */
export function workersOf(body: unknown): number | null {
  const workers = typeof body === 'object' && body !== null && 'workers' in body ? body.workers : null;
  return Number.isInteger(workers) && (workers as number) >= 1 && (workers as number) <= MAX_WORKERS
    ? (workers as number)
    : null;
}

function guard(isLocal: boolean, token: string | null, isOpenFile: (path: string) => boolean): RequestHandler {
  return (req, res, next) => {
    const host = (req.headers.host ?? '').replace(/:\d+$/, '');
    if (isLocal && !isLoopback(host)) {
      return sendProblem(res, { status: 403, detail: 'The Host header must be a loopback name here.' });
    }
    const isOpen = req.path === '/healthz' || req.path === '/readyz' || (req.method === 'GET' && isOpenFile(req.path));
    if (token !== null && !isOpen && !isSame(req.headers.authorization ?? '', `Bearer ${token}`)) {
      return sendProblem(res, {
        status: 401,
        detail: 'This port needs its token: Authorization: Bearer <--ops-token>.',
        headers: { 'WWW-Authenticate': 'Bearer' },
      });
    }
    if (req.method === 'GET' || req.method === 'HEAD') return next();
    const origin = req.headers.origin;
    if (origin !== undefined && origin !== `http://${req.headers.host}` && origin !== `https://${req.headers.host}`) {
      return sendProblem(res, { status: 403, detail: 'Orders are not taken from pages of another origin.' });
    }
    const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
    if (hasBody && !req.is('application/json')) {
      return sendProblem(res, { status: 415, detail: 'Bodies must be application/json.' });
    }
    next();
  };
}

/** Compares secrets in a time that does not tell how much of them matches. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : 500;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function detailOf(status: number, error: unknown): string {
  if (status >= 500) return 'Something went wrong here; it is in the log.';
  if (status === 413) return `The body must be no longer than ${BODY_LIMIT}.`;
  return `The request cannot be read: ${messageOf(error)}.`;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
