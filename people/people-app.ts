// The one public endpoint as an Express app: which requests are for people, what is wrong with the others.
// Router and shard mount the same app with an answer of their own, so that a bad request gets the same problem from
// either. `endpoint` is the part before Express: it takes the requests it can answer at once.

import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { type Problem, sendProblem } from '../runtime/problem.ts';
import { ALLOWED_METHODS, notFound } from '../runtime/refusal.ts';
import { isPeopleTarget, type PageQuery, type Representation } from './page-request.ts';
import { RequestReader } from './request-reader.ts';

/** A request for people that is in order. */
export interface PeopleRequest {
  readonly query: PageQuery;
  readonly representation: Representation;
  readonly isHead: boolean;
}

/** Answers a request for people: it owns the response from here on. */
export type AnswerPeople = (request: PeopleRequest, req: IncomingMessage, res: ServerResponse) => void;

/** Answers a request if it is for people (or OPTIONS); false means "not mine". */
export type Endpoint = (req: IncomingMessage, res: ServerResponse) => boolean;

/** Reads requests for people; those in order go to `answer`, the others get their problem (and are counted). */
export function createEndpoint(answer: AnswerPeople, onProblem: (status: number) => void = () => {}): Endpoint {
  const fail = (res: ServerResponse, problem: Problem): true => {
    onProblem(problem.status);
    sendProblem(res, problem);
    return true;
  };
  const reader = new RequestReader();
  return (req, res) => {
    const target = req.url ?? '';
    if (!reader.knows(target) && !isPeopleTarget(target))
      return target === '*' && req.method === 'OPTIONS' && sendOptions(res);
    switch (req.method) {
      case 'GET':
      case 'HEAD':
        break;
      case 'OPTIONS':
        return sendOptions(res);
      default:
        return fail(res, {
          status: 405,
          detail: `${req.method} is not allowed here; ${ALLOWED_METHODS} are.`,
          headers: { Allow: ALLOWED_METHODS },
        });
    }
    const query = reader.query(target);
    if (!query.ok) return fail(res, query.problem);
    const representation = reader.representation(req);
    if (!representation.ok) return fail(res, representation.problem);
    answer({ query: query.value, representation: representation.value, isHead: req.method === 'HEAD' }, req, res);
    return true;
  };
}

export interface PeopleAppOptions {
  readonly addRoutes?: (app: Express) => void;
  readonly onError: (error: unknown) => void;
  /** Told of each problem that the app answers with, past the endpoint. */
  readonly onProblem?: (status: number) => void;
}

/** The app: the endpoint, further routes (a shard's /readyz), and problems for all else. */
export function createPeopleApp(
  endpoint: Endpoint,
  { addRoutes, onError, onProblem = () => {} }: PeopleAppOptions,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.use((req, res, next) => {
    if (!endpoint(req, res)) next();
  });
  addRoutes?.(app);
  app.use((req, res) => {
    onProblem(404);
    sendProblem(res, notFound(req));
  });
  const failed: ErrorRequestHandler = (error, _req, res, _next) => {
    onError(error);
    onProblem(500);
    sendProblem(res, { status: 500, detail: 'Something went wrong here; it is in the log under this requestId.' });
  };
  app.use(failed);
  return app;
}

function sendOptions(res: ServerResponse): true {
  res.writeHead(204, { Allow: ALLOWED_METHODS });
  res.end();
  return true;
}
