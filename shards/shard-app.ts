// What a shard server answers: pages and streams of its own letters, 421 for others', and /readyz for those who
// probe it. Bad requests get the same problems as from the router: both mount people-app.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';
import { encodeCursor } from '../people/cursor.ts';
import { COMMON_HEADERS, nextLink, type Page, sendPage } from '../people/page.ts';
import { NDJSON_TYPE, pageTarget } from '../people/page-request.ts';
import { type AnswerPeople, createEndpoint, createPeopleApp, type PeopleRequest } from '../people/people-app.ts';
import { lettersOf, rangeHolds } from '../people/range.ts';
import { type Shard, sortKeyAt } from '../people/shard-file.ts';
import type { CounterCell, Counters } from '../runtime/counters.ts';
import { requestIdOf, sendProblem } from '../runtime/problem.ts';
import { BurningQueue } from './burn-cpu.ts';
import { PageMaker } from './page-maker.ts';
import { sliceOf } from './page-slice.ts';
import { ndjsonChunks, ndjsonLength, sendChunks } from './stream-people.ts';

/** What a shard server knows of itself; the body of /readyz. */
export interface ShardIdentity {
  readonly id: string;
  readonly range: string;
  readonly dataset: string;
  readonly epoch: number;
  readonly opsUrl: string | null;
}

export interface ShardAppOptions {
  readonly shard: Shard;
  readonly identity: ShardIdentity;
  /** CPU burned per page request, in ms. */
  readonly workMs: number;
  readonly counters: Counters;
  readonly isDraining: () => boolean;
  readonly onError: (error: unknown) => void;
}

/** Creates the Express app of one shard server. */
export function createShardApp(options: ShardAppOptions): { readonly app: Express; readonly requests: () => number } {
  const { shard, identity, workMs, counters, isDraining, onError } = options;
  const pages = new PageMaker(shard);
  const work = new BurningQueue(workMs);
  const servedBy = `${identity.id}/${process.pid}`;
  let requests = 0;
  const letters = new Map(
    lettersOf(shard.range).map((letter) => [letter, counters.cell(`people_letter_requests_total{letter="${letter}"}`)]),
  );
  const cells = new Map<number, CounterCell>();
  const count = (status: number): void => {
    requests++;
    const cell = cells.get(status) ?? counters.cell(`people_requests_total{range="${shard.range}",status="${status}"}`);
    cell.value++;
    cells.set(status, cell);
  };
  const ownHeaders = (req: IncomingMessage): string[] => [
    'Served-By',
    servedBy,
    'X-Request-Id',
    requestIdOf(req.headers['x-request-id']),
  ];
  const failed = (res: ServerResponse, error: unknown): void => {
    count(500);
    onError(error);
    sendProblem(res, { status: 500, detail: 'Something went wrong here; it is in the log.' });
  };

  const answerOwn: AnswerPeople = (request, req, res) => {
    if (request.representation.type === 'ndjson') {
      count(200);
      sendStream(request, res, shard, ownHeaders(req)).catch((error: unknown) => failed(res, error));
      return;
    }
    const send = (page: Page): void => count(sendPage(res, page, req.headers['if-none-match'], ownHeaders(req)));
    const page = pages.page(request.query, request.representation.encoding);
    if (page instanceof Promise) page.then(send).catch((error: unknown) => failed(res, error));
    else send(page);
  };

  const answer: AnswerPeople = (request, req, res) => {
    const { letter } = request.query;
    if (!rangeHolds(shard.range, letter)) {
      count(421);
      sendProblem(res, { status: 421, detail: `Letter ${letter} is not served here; this is shard ${shard.range}.` });
      return;
    }
    letters.get(letter)!.value++;
    work.run(res, () => answerOwn(request, req, res));
  };

  const app = createPeopleApp(createEndpoint(answer, count), {
    onError,
    addRoutes: (app) =>
      app.get('/readyz', (_req, res) => {
        res.status(isDraining() ? 503 : 200).json(identity);
      }),
  });
  return { app, requests: () => requests };
}

async function sendStream(
  { query, isHead }: PeopleRequest,
  res: ServerResponse,
  shard: Shard,
  ownHeaders: string[],
): Promise<void> {
  const people = shard.letters.get(query.letter)!;
  const slice = sliceOf(people, query, Number.POSITIVE_INFINITY);
  const headers = ['Content-Type', NDJSON_TYPE, 'Content-Length', String(ndjsonLength(people, slice))];
  headers.push(...COMMON_HEADERS, 'Shard', shard.range, 'Dataset', shard.dataset, ...ownHeaders);
  if (slice.to < people.count && slice.to > slice.from) {
    const cursor = encodeCursor(sortKeyAt(people, slice.to - 1));
    headers.push('Link', nextLink(pageTarget(query.letter, query.limit, cursor)));
  }
  res.writeHead(200, headers);
  if (isHead) res.end();
  else await sendChunks(res, ndjsonChunks(people, slice));
}
