// The access log (--access-log): a line for each request that came to a server, answered or not. It listens to the
// server itself, before the door, so that also what the door and Node's parser refuse is in it; without the flag nobody
// listens and nothing is paid. The query is left out: a cursor shows names. So are probes of /readyz: several a second.

import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import { createAccessLogger, type Logger } from './log.ts';
import { isRequestId, pathOf } from './problem.ts';
import { CONNECT_REFUSED, type ParserError, parserProblem } from './refusal.ts';

/** A line: what was asked, and what came of it. */
export interface AccessEntry {
  /** Null for bytes that were no request. */
  readonly method: string | null;
  readonly path: string | null;
  /** Null when nothing was answered. */
  readonly status: number | null;
  /** Null where no range is concerned. */
  readonly range: string | null;
  /** `hit`, `miss`, `collapsed`, `request` or `bypass`, as the metrics have it; null without an answer from a pool. */
  readonly cache: string | null;
  /** From the head to the end of the answer. */
  readonly ms: number;
  readonly requestId: string | null;
  readonly servedBy: string | null;
  /** Only when the connection was lost before the end of the answer. */
  readonly aborted?: true;
}

export interface AccessLogOptions {
  /** The process as an operator knows it: `router`, `shard E-P`. */
  readonly name: string;
  /** The range that a target is about, for answers that do not say it. */
  readonly rangeOf: (target: string) => string | null;
  readonly log?: Pick<Logger, 'info'>;
}

const PROBED_PATH = '/readyz';
/** Keeps a line within what a pipe takes at once, so that lines of several processes do not mix. */
const PATH_LIMIT = 512;

/** Logs every request that comes to a server from now on. */
export function logRequests(server: Server, { name, rangeOf, log = createAccessLogger(name) }: AccessLogOptions): void {
  const onRequest = (req: IncomingMessage, res: ServerResponse): void => {
    const target = req.url ?? '';
    const path = pathOf(target);
    if (path === PROBED_PATH) return;
    const startedAt = performance.now();
    const headers = keepHeaders(res);
    let isWritten = false;
    const write = (): void => {
      if (isWritten) return;
      isWritten = true;
      const text = (name: string): string | null => headers(name) ?? null;
      log.info({
        method: req.method ?? null,
        path: path.slice(0, PATH_LIMIT),
        status: res.headersSent ? res.statusCode : null,
        range: text('shard') ?? rangeOf(target),
        cache: cacheOutcome(text('cache-status')),
        ms: since(startedAt),
        requestId: text('x-request-id') ?? askedId(req),
        servedBy: text('served-by'),
        ...(!res.writableFinished && { aborted: true }),
      } satisfies AccessEntry);
    };
    res.once('close', write);
    // Who waits behind another request has no connection yet: of its loss only the request is told.
    req.once('close', () => res.socket === null && !res.headersSent && write());
  };
  for (const event of ['request', 'checkContinue', 'checkExpectation']) server.prependListener(event, onRequest);
  server.prependListener('connect', (req: IncomingMessage) => {
    log.info({ ...NO_REQUEST, method: 'CONNECT', status: CONNECT_REFUSED.status, requestId: askedId(req) });
  });
  server.prependListener('clientError', (error: ParserError) => {
    const problem = parserProblem(error);
    if (problem) log.info({ ...NO_REQUEST, status: problem.status });
  });
}

const NO_REQUEST: AccessEntry = {
  ...{ method: null, path: null, status: null, range: null },
  ...{ cache: null, ms: 0, requestId: null, servedBy: null },
};

/** What a Cache-Status of ours (RFC 9211) says, in the words of the metrics. */
export function cacheOutcome(cacheStatus: string | null): string | null {
  if (cacheStatus === null) return null;
  const parameters = cacheStatus.split('; ').slice(1);
  if (parameters.includes('hit')) return 'hit';
  if (parameters.includes('collapsed')) return 'collapsed';
  const forwarded = parameters.find((parameter) => parameter.startsWith('fwd='))?.slice('fwd='.length);
  return forwarded === 'uri-miss' ? 'miss' : (forwarded ?? null);
}

/** Headers given to writeHead as a list are sent and forgotten: Node keeps only those that were set one by one. */
function keepHeaders(res: ServerResponse): (name: string) => string | undefined {
  const written = new Map<string, string>();
  const writeHead = res.writeHead.bind(res) as (...args: unknown[]) => ServerResponse;
  res.writeHead = (...args: unknown[]) => {
    const headers = args.at(-1) as OutgoingHttpHeaders | readonly string[] | string | number;
    if (Array.isArray(headers)) {
      for (let i = 0; i < headers.length; i += 2) written.set(String(headers[i]).toLowerCase(), String(headers[i + 1]));
    } else if (typeof headers === 'object') {
      for (const [name, value] of Object.entries(headers)) written.set(name.toLowerCase(), String(value));
    }
    return writeHead(...args);
  };
  return (name) => written.get(name) ?? res.getHeader(name)?.toString();
}

function askedId({ headers }: IncomingMessage): string | null {
  const id = headers['x-request-id'];
  return typeof id === 'string' && isRequestId(id) ? id : null;
}

function since(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 1000) / 1000;
}
