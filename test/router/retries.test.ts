// A failed attempt is tried again elsewhere: at most twice, within the budget, and never once the client has a byte.

import { expect, test } from 'vitest';
import { expectProblem } from '../helpers/problem.ts';
import { exchange, head, openRaw } from '../helpers/raw-http.ts';
import {
  closedPort,
  openUpstream,
  PAGE_BODY,
  pageAnswer,
  type Respond,
  streamHead,
} from '../helpers/recording-upstream.ts';
import { openRouter } from '../helpers/router-under-test.ts';

const LAST = ['Connection: close'];
const STREAM = [...LAST, 'Accept: application/x-ndjson'];
const ask = (fields = LAST, method = 'GET'): string => head('/api/people/byFirstName/J', { method, fields });

/** Fails the first attempts, whichever instance gets them; then all is well. */
function failing(times: number, fail: Respond): { readonly respond: Respond; readonly attempts: () => number } {
  let attempts = 0;
  return {
    attempts: () => attempts,
    respond: (socket, request) => {
      if (++attempts <= times) fail(socket, request);
      else if (request.fields.some(([, value]) => value === 'application/x-ndjson'))
        socket.write(`${streamHead(3)}{}\n`);
      else socket.write(pageAnswer());
    },
  };
}

const FAILURES: ReadonlyArray<readonly [what: string, fail: Respond]> = [
  ['a reset', (socket) => socket.resetAndDestroy()],
  ['a closed connection', (socket) => socket.end()],
  ['half a head', (socket) => socket.end(pageAnswer().slice(0, 40))],
  ['a bad answer', (socket) => socket.write(pageAnswer({ status: '500 No' }))],
  ["another range's instance", (socket) => socket.write(pageAnswer({ status: '421 Misdirected Request' }))],
  ['an instance that is leaving', (socket) => socket.write(pageAnswer({ status: '503 Leaving' }))],
];

test.for(FAILURES)('%s: another instance answers, as a page and as a stream', async ([, fail]) => {
  for (const [fields, body] of [
    [LAST, PAGE_BODY],
    [STREAM, '{}\n'],
  ] as const) {
    const { respond, attempts } = failing(1, fail);
    const upstreams = [await openUpstream(respond), await openUpstream(respond)];
    const { url } = await openRouter(upstreams.map((upstream) => upstream.url));
    const [answer] = await exchange(url, ask([...fields]));
    expect([answer?.status, answer?.body.toString(), attempts()]).toEqual([200, body, 2]);
    expect(upstreams.map(({ requests }) => requests.length)).toEqual([1, 1]);
  }
});

test('half a page: the client has no byte of it yet, so another instance answers', async () => {
  const { respond, attempts } = failing(1, (socket) => socket.end(pageAnswer().slice(0, -10)));
  const { url } = await openRouter([(await openUpstream(respond)).url]);
  const [answer] = await exchange(url, ask());
  expect([answer?.status, answer?.body.toString(), attempts()]).toEqual([200, PAGE_BODY, 2]);
});

test('a port where nobody listens: another instance answers', async () => {
  const well = await openUpstream((socket) => socket.write(pageAnswer()));
  const { url } = await openRouter([await closedPort(), well.url]);
  for (let i = 0; i < 10; i++) expect((await exchange(url, ask()))[0]?.status).toBe(200);
});

test.for(['GET', 'HEAD'])('a third attempt of %s may succeed, there is no fourth', async (method) => {
  const twice = failing(2, (socket) => socket.resetAndDestroy());
  const { url } = await openRouter([(await openUpstream(twice.respond)).url]);
  expect((await exchange(url, ask(LAST, method)))[0]?.status).toBe(200);

  const always = failing(99, (socket) => socket.resetAndDestroy());
  const { url: broken } = await openRouter([(await openUpstream(always.respond)).url]);
  expect((await exchange(broken, ask(LAST, method)))[0]?.status).toBe(502);
  expect(always.attempts()).toBe(3);
});

test('a retry comes on a connection of its own: a kept one may lead to the worker that died', async () => {
  let isBroken = false;
  const upstream = await openUpstream((socket, { connection }) => {
    if (isBroken && connection === 1) socket.resetAndDestroy();
    else socket.write(pageAnswer());
  });
  const { url } = await openRouter([upstream.url]);
  await exchange(url, ask());
  isBroken = true;
  expect((await exchange(url, ask()))[0]?.status).toBe(200);
  expect(upstream.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
});

test('a stream that has begun is not tried again: its connection is cut', async () => {
  const { respond, attempts } = failing(1, (socket) => socket.end(`${streamHead(1_000)}{"id":1}\n`));
  const upstreams = [await openUpstream(respond), await openUpstream(respond)];
  const { url } = await openRouter(upstreams.map((upstream) => upstream.url));
  const connection = await openRaw(url);
  connection.send(ask(STREAM));
  await connection.closed;
  expect(connection.answers()).toEqual([]);
  expect(connection.received()).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*\{"id":1\}\n$/);
  expect(attempts()).toBe(1);
});

test('a chunked stream that breaks does not end as if it were complete', async () => {
  const chunked = streamHead(0, { 'Content-Length': null, 'Transfer-Encoding': 'chunked' });
  const upstream = await openUpstream((socket) => socket.end(`${chunked}9\r\n{"id":1}\n\r\n`));
  const { url } = await openRouter([upstream.url]);
  const connection = await openRaw(url);
  connection.send(ask(STREAM));
  await connection.closed;
  expect(connection.received()).toContain('{"id":1}');
  expect(connection.received()).not.toMatch(/\r\n0\r\n\r\n$/);
});

test('retries stop when their budget is spent: three, and a fifth of the requests', async () => {
  const { respond, attempts } = failing(Number.POSITIVE_INFINITY, (socket) => socket.resetAndDestroy());
  const { url, counters } = await openRouter([(await openUpstream(respond)).url]);
  const requests = 50;
  for (let i = 0; i < requests; i++) expectProblem((await exchange(url, ask()))[0]!, 502);
  const retries = attempts() - requests;
  expect(retries).toBe(3 + requests / 5);
  expect(counters.counts().people_retries_total).toBe(retries);
});
