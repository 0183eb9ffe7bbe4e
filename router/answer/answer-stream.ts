// Answering with a stream (NDJSON): passed through as it comes, with backpressure. A stream that breaks, on either
// side, cuts the client's connection: it must never look complete.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { COMMON_HEADERS } from '../../people/page.ts';
import type { PeopleRequest } from '../../people/people-app.ts';
import { requestIdOf } from '../../runtime/problem.ts';
import type { Pool } from '../pool/pool.ts';
import type { Attempt } from '../upstream/upstream.ts';
import { ROUTER_NAME, upstreamRequest } from '../upstream/upstream-request.ts';
import { Forward, ForwardError, type ForwardMeans, shed, unavailable } from './forward.ts';
import { streamHeaders } from './read-page.ts';

/** A stream whose reader or shard makes no progress for this long is cut. */
const STALL_MS = 30_000;

interface Opened {
  readonly answer: IncomingMessage;
  readonly headers: string[];
  readonly attempt: Attempt;
}

/** Streams a letter; `onHead` is called when the answer has begun. Throws ForwardError before that. */
export async function answerStream(
  means: ForwardMeans,
  poolOf: () => Pool,
  request: PeopleRequest,
  req: IncomingMessage,
  res: ServerResponse,
  onHead: () => void,
): Promise<void> {
  const pool = poolOf();
  const { streams } = pool;
  const forward = new Forward<Opened>(means, streams);
  const isIn = streams.tryEnter();
  if (!isIn && !pool.isServed) throw new ForwardError(unavailable(`range ${pool.range}`));
  const waiting = isIn ? null : streams.wait();
  res.once('close', () => {
    if (res.writableFinished) return;
    waiting?.giveUp();
    forward.abort();
  });
  if (!isIn && !(await waiting?.admitted)) {
    if (!res.destroyed) means.counters.add(`people_sheds_total{range="${pool.range}"}`);
    throw new ForwardError(shed(pool.range));
  }
  try {
    const id = requestIdOf(req.headers['x-request-id']);
    const { answer, headers, attempt } = await forward.run(
      poolOf,
      upstreamRequest(request, req, id),
      async (answer, attempt) => ({ answer, headers: streamHeaders(answer), attempt }),
    );
    if (res.destroyed) {
      attempt.abort();
      return;
    }
    headers.push(...COMMON_HEADERS, 'X-Request-Id', id, 'Cache-Status', `${ROUTER_NAME}; fwd=bypass`);
    res.writeHead(200, headers);
    onHead();
    const stalled = setTimeout(() => attempt.abort(), STALL_MS);
    answer.on('data', () => stalled.refresh());
    await pipeline(answer, res)
      .catch(() => res.destroy())
      .finally(() => clearTimeout(stalled));
  } finally {
    streams.leave();
  }
}
