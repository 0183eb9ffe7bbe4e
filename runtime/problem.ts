// Every error a client can see, in one shape: application/problem+json (RFC 9457), from router and shard alike.
// Invariant: no stack and no internal address gets in here; `detail` is written by us, for the caller.

import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';

/** What went wrong with a request, before it is rendered. */
export interface Problem {
  readonly status: number;
  /** One sentence for the caller: which value, and what is allowed. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Close the connection after the answer: the bytes that follow can't be trusted, or aren't wanted. */
  readonly isFatal?: boolean;
}

/** The media type of every error. */
export const PROBLEM_TYPE = 'application/problem+json';

const INSTANCE_LIMIT = 1024;
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The body of a problem. `instance` is the request's path (cut at 1 KiB). */
export function problemBody(problem: Problem, instance: string, requestId: string): string {
  return `${JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[problem.status],
    status: problem.status,
    detail: problem.detail,
    instance: instance.length > INSTANCE_LIMIT ? `${instance.slice(0, INSTANCE_LIMIT)}…` : instance,
    requestId,
  })}\n`;
}

/** Answers with a problem, unless the answer has begun: then the connection is cut, so that no half looks whole. */
export function sendProblem(res: ServerResponse, problem: Problem): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const requestId = requestIdOf(res.req.headers['x-request-id']);
  const body = problemBody(problem, pathOf(res.req.url ?? ''), requestId);
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  res.writeHead(problem.status, {
    'Content-Type': PROBLEM_TYPE,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Request-Id': requestId,
    ...(problem.isFatal && { Connection: 'close' }),
    ...problem.headers,
  });
  res.end(res.req.method === 'HEAD' ? undefined : body);
}

/** A whole HTTP response for a socket whose request Node refused to parse; the connection must be closed after it. */
export function rawProblem(problem: Problem): string {
  const requestId = randomUUID();
  const body = problemBody(problem, '', requestId);
  const extra = Object.entries(problem.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
  return (
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n` +
    `Content-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\n` +
    `X-Request-Id: ${requestId}\r\n${extra.join('')}Date: ${new Date().toUTCString()}\r\nConnection: close\r\n\r\n${body}`
  );
}

/** The caller's request id when it is a plain token, else a new one. */
export function requestIdOf(value: string | string[] | undefined): string {
  return typeof value === 'string' && isRequestId(value) ? value : randomUUID();
}

/** Whether a caller may name its request so. */
export function isRequestId(value: string): boolean {
  return REQUEST_ID.test(value);
}

/** The path of a request target: without its query, and without scheme and host of absolute-form (RFC 9112 §3.2.2). */
export function pathOf(target: string): string {
  const end = target.indexOf('?');
  return originForm(end < 0 ? target : target.slice(0, end));
}

/** A request target in origin-form: absolute-form loses its scheme and host. */
export function originForm(target: string): string {
  if (target.charCodeAt(0) === 0x2f) return target;
  const absolute = /^https?:\/\/[^/?#]*/i.exec(target);
  if (!absolute) return target;
  const rest = target.slice(absolute[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
