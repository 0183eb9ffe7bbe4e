// What every error of ours looks like (RFC 9457).

import { STATUS_CODES } from 'node:http';
import { expect } from 'vitest';

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly requestId: string;
}

/** Asserts that an answer is a whole problem of this status; gives its body. */
export function expectProblem(
  answer: { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: unknown },
  status: number,
  members: Partial<ProblemBody> = {},
): ProblemBody {
  const text = answer.body instanceof Buffer ? answer.body.toString() : JSON.stringify(answer.body);
  expect([answer.status, answer.headers['content-type'], text]).toEqual([
    status,
    'application/problem+json',
    expect.stringMatching(/^\{.*\}\n?$/),
  ]);
  const body = JSON.parse(text) as ProblemBody;
  expect(body).toEqual({
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: expect.stringMatching(/\.$/),
    instance: expect.any(String),
    requestId: expect.stringMatching(/^[\w.:-]+$/),
    ...members,
  });
  expect(answer.headers['x-request-id']).toBe(body.requestId);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(text).not.toMatch(/127\.0\.0\.1|localhost|node_modules|\bat .*:\d+/);
  return body;
}
