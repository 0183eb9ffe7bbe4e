// What a shard server answers: pages and streams of its own letters, 421 for others', and /readyz for those who
// probe it. Bad requests get the same problems as from the router: both mount people-app.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';
import { type KeptPage, repeatPage, sendPage } from '../people/page.ts';
import { type AnswerPeople, createEndpoint, createPeopleApp, type PeopleRequest } from '../people/people-app.ts';
import { lettersOf, rangeHolds } from '../people/range.ts';
import type { Shard } from '../people/shard-file.ts';
import type { CounterCell, Counters } from '../runtime/counters.ts';
import type { Handler } from '../runtime/door.ts';
import type { KnownHeads, RepeatAnswer } from '../runtime/known-heads.ts';
import { requestIdOf, sendProblem } from '../runtime/problem.ts';
import { BurningQueue } from './burn-cpu.ts';
import { PageMaker } from './page-maker.ts';
import { sendStream } from './stream-people.ts';

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
  /** Takes requests that can be answered again without reading them. */
  readonly heads?: KnownHeads;
}

export interface ShardApp {
  readonly app: Express;
  /** The app, with requests for people answered before Express is asked. */
  readonly handler: Handler;
  /** To be told of what the door refused. */
  onRefused(status: number): void;
  /** Requests answered. */
  requests(): number;
}

/** Creates the app of one shard server. */
export function createShardApp(options: ShardAppOptions): ShardApp {
  const { shard, identity, workMs, counters, isDraining, onError, heads } = options;
  const servedBy = ['Served-By', `${identity.id}/${process.pid}`];
  const pages = new PageMaker(shard, servedBy);
  const work = new BurningQueue(workMs);
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
  const requestId = (req: IncomingMessage): string[] => ['X-Request-Id', requestIdOf(req.headers['x-request-id'])];
  const failed = (res: ServerResponse, error: unknown): void => {
    count(500);
    onError(error);
    sendProblem(res, { status: 500, detail: 'Something went wrong here; it is in the log.' });
  };

  const answerOwn: AnswerPeople = (request, req, res) => {
    if (request.representation.type === 'ndjson') {
      count(200);
      sendStream(res, shard, request.query, [...servedBy, ...requestId(req)]).catch((error: unknown) =>
        failed(res, error),
      );
      return;
    }
    const send = (page: KeptPage): void => count(sendPage(res, page, req.headers['if-none-match'], requestId(req)));
    const page = pages.page(request.query, request.representation.encoding);
    if (page instanceof Promise) page.then(send).catch((error: unknown) => failed(res, error));
    else {
      send(page);
      heads?.remember(req, res, repeat(request, req.headers['if-none-match']));
    }
  };

  const repeat = ({ query, representation, isHead }: PeopleRequest, ifNoneMatch: string | undefined): RepeatAnswer => {
    const cell = letters.get(query.letter)!;
    return (socket, id = randomUUID()) => {
      const page = workMs === 0 && pages.kept(query, representation.encoding);
      const status = page ? repeatPage(socket, page, { ifNoneMatch, isHead }, id) : null;
      if (status === null) return false;
      cell.value++;
      count(status);
      return true;
    };
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

  const endpoint = createEndpoint(answer, count);
  const app = createPeopleApp(endpoint, {
    onError,
    onProblem: count,
    addRoutes: (app) =>
      app.get('/readyz', (_req, res) => {
        res.status(isDraining() ? 503 : 200).json(identity);
      }),
  });
  return {
    app,
    handler: (req, res) => {
      if (!endpoint(req, res)) app(req, res);
    },
    onRefused: count,
    requests: () => requests,
  };
}
