// The router's answer to a request for people: the pool that owns the letter, asked by a request of our own.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Express } from 'express';
import type { Letter } from '../people/letter.ts';
import { COMMON_HEADERS, sendPage } from '../people/page.ts';
import { DEFAULT_LIMIT, JSON_TYPE, NDJSON_TYPE, pageTarget } from '../people/page-request.ts';
import { createEndpoint, createPeopleApp, type PeopleRequest } from '../people/people-app.ts';
import type { Counters } from '../runtime/counters.ts';
import { requestIdOf, sendProblem } from '../runtime/problem.ts';
import { Forward, ForwardError, type ForwardLimits, unavailable } from './forward.ts';
import type { Pool } from './pool.ts';
import { readPage, type ServedPage, streamHeaders } from './read-page.ts';
import { RetryBudget } from './retry-budget.ts';
import { type Attempt, Upstream, type UpstreamRequest } from './upstream.ts';

/** A stream whose reader or shard makes no progress for this long is cut. */
const STREAM_STALL_MS = 30_000;
const NAME = 'people-router';
const INTERNAL = { status: 500, detail: 'Something went wrong here; it is in the log.' };

export interface RouterAppOptions {
  /** The pool that owns a letter, by the table in force. */
  readonly poolOf: (letter: Letter) => Pool | undefined;
  readonly limits: ForwardLimits;
  readonly counters: Counters;
  readonly onError: (error: unknown) => void;
}

export interface RouterApp {
  readonly app: Express;
  /** Requests answered. */
  requests(): number;
  /** Ends the upstream connections. */
  close(): void;
}

/** Creates the Express app of the router. */
export function createRouterApp({ poolOf, limits, counters, onError }: RouterAppOptions): RouterApp {
  const upstream = new Upstream();
  const means = { upstream, budget: new RetryBudget(), limits, counters };
  let requests = 0;
  const count = (range: string, status: number, cache: string): void => {
    requests++;
    counters.add(`people_requests_total{range="${range}",status="${status}",cache="${cache}"}`);
  };

  const answer = (request: PeopleRequest, req: IncomingMessage, res: ServerResponse): void => {
    const { letter } = request.query;
    const pool = poolOf(letter);
    if (!pool) {
      count('none', 503, 'none');
      sendProblem(res, unavailable(`a range that holds letter ${letter}`));
      return;
    }
    const answered =
      request.representation.type === 'ndjson'
        ? answerStream(pool, request, req, res)
        : answerPage(pool, request, req, res);
    answered.catch((error: unknown) => {
      const problem = error instanceof ForwardError ? error.problem : INTERNAL;
      if (problem === INTERNAL) onError(error);
      count(pool.range, problem.status, 'bypass');
      sendProblem(res, problem);
    });
  };

  async function answerPage(
    pool: Pool,
    request: PeopleRequest,
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<void> {
    const { encoding } = request.representation;
    const id = requestIdOf(req.headers['x-request-id']);
    const forward = new Forward<ServedPage>(means);
    abortWithClient(res, forward);
    const { page, servedBy } = await forward.run(
      () => poolOf(request.query.letter) ?? pool,
      upstreamRequest(request, req, id),
      (got, attempt, remainingMs) => readPage(got, attempt, encoding, remainingMs),
    );
    const extra = ['Served-By', servedBy, 'X-Request-Id', id, 'Cache-Status', `${NAME}; fwd=bypass`];
    count(pool.range, sendPage(res, page, req.headers['if-none-match'], extra), 'bypass');
  }

  async function answerStream(
    pool: Pool,
    request: PeopleRequest,
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<void> {
    const id = requestIdOf(req.headers['x-request-id']);
    const forward = new Forward<{ got: IncomingMessage; headers: string[]; attempt: Attempt }>(means);
    abortWithClient(res, forward);
    const { got, headers, attempt } = await forward.run(
      () => poolOf(request.query.letter) ?? pool,
      upstreamRequest(request, req, id),
      async (got, attempt) => ({ got, headers: streamHeaders(got), attempt }),
    );
    headers.push(...COMMON_HEADERS, 'X-Request-Id', id, 'Cache-Status', `${NAME}; fwd=bypass`);
    res.writeHead(200, headers);
    count(pool.range, 200, 'bypass');
    const stalled = setTimeout(() => attempt.abort(), STREAM_STALL_MS);
    got.on('data', () => stalled.refresh());
    // A stream that breaks destroys the client's connection: it must not look complete.
    await pipeline(got, res)
      .catch(() => res.destroy())
      .finally(() => clearTimeout(stalled));
  }

  const app = createPeopleApp(
    createEndpoint(answer, (status) => count('none', status, 'none')),
    { onError },
  );
  return { app, requests: () => requests, close: () => upstream.close() };
}

/** What a shard is asked: everything in it is parsed, chosen or made by us. */
function upstreamRequest(
  { query, representation, isHead }: PeopleRequest,
  req: IncomingMessage,
  id: string,
): UpstreamRequest {
  const { letter, limit, cursor } = query;
  const isStream = representation.type === 'ndjson';
  return {
    method: isStream && isHead ? 'HEAD' : 'GET',
    target: pageTarget(letter, isStream ? limit : (limit ?? DEFAULT_LIMIT), cursor?.token ?? null),
    headers: {
      Accept: isStream ? NDJSON_TYPE : JSON_TYPE,
      'Accept-Encoding': representation.encoding,
      'X-Request-Id': id,
      'X-Forwarded-For': req.socket.remoteAddress ?? 'unknown',
      Via: `1.1 ${NAME}`,
    },
  };
}

function abortWithClient(res: ServerResponse, forward: Forward<unknown>): void {
  res.once('close', () => {
    if (!res.writableFinished) forward.abort();
  });
}
