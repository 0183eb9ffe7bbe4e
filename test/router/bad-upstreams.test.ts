// Whatever an instance answers, a client gets a page that is one, or a problem that says what happened: 502 for a bad
// answer, 503 for nobody there, 504 for one that comes too late. And the router goes on.

import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { expectProblem } from '../helpers/problem.ts';
import { exchange, head } from '../helpers/raw-http.ts';
import {
  type AnswerParts,
  closedPort,
  openUpstream,
  PAGE_BODY,
  pageAnswer,
  streamHead,
} from '../helpers/recording-upstream.ts';
import { openRouter } from '../helpers/router-under-test.ts';
import { waitFor } from '../helpers/wait-for.ts';

const ASK = head('/api/people/byFirstName/J', { fields: ['Connection: close'] });
const ASK_STREAM = head('/api/people/byFirstName/J', { fields: ['Connection: close', 'Accept: application/x-ndjson'] });
const BIG = 'x'.repeat(100_000);

const answer = (status: string, parts: AnswerParts = {}): string => pageAnswer({ status, ...parts });
const without = (...names: string[]): string =>
  pageAnswer({ fields: Object.fromEntries(names.map((name) => [name, null])) });
const having = (fields: Record<string, string>): string => pageAnswer({ fields });

const BAD_ANSWERS: ReadonlyArray<readonly [what: string, answer: string | Buffer]> = [
  ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ['bytes', Buffer.from('00ff16030100a5', 'hex')],
  ['HTTP of another time', `HTTP/3.0 200 OK\r\n\r\n${PAGE_BODY}`],
  ...['100', '150', '204 No Content', '206 Partial Content', '301 Moved', '302 Found', '304 Not Modified'].map(
    (status) => [`status ${status}`, answer(status, { extra: ['Location: http://10.0.0.1/'] })] as const,
  ),
  ...[
    '400 Bad',
    '401 No',
    '404 No',
    '405 No',
    '406 No',
    '408 No',
    '410 Gone',
    '413 No',
    '414 No',
    '429 No',
    '500 No',
  ].map((status) => [`status ${status}`, answer(status)] as const),
  ...['502 Bad', '504 Late', '599 Odd', '600 Odd', '999 Odd', '099 Odd'].map(
    (status) => [`status ${status}`, answer(status)] as const,
  ),
  ['a letter that is not its own', answer('421 Misdirected Request')],
  ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'],
  ['a page of HTML', having({ 'Content-Type': 'text/html' })],
  ['a page of no type', without('Content-Type')],
  ['a type that only begins like JSON', having({ 'Content-Type': 'application/jsonp' })],
  ['a page without an ETag', without('ETag')],
  ['a page with a weak ETag', having({ ETag: 'W/"abc"' })],
  ["a page with another encoding's ETag", having({ ETag: '"abc-br"' })],
  ['a page with an odd ETag', having({ ETag: '"<script>"' })],
  ['an encoding not asked for', having({ 'Content-Encoding': 'br', ETag: '"abc"' })],
  ['a page of no shard', without('Shard')],
  ['a page of no dataset', without('Dataset')],
  ['a page of two lengths', pageAnswer({ extra: ['Content-Length: 3'] })],
  ['a page of two framings', pageAnswer({ extra: ['Transfer-Encoding: chunked'] })],
  ['an odd length', having({ 'Content-Length': '+5' })],
  [
    'bad chunks',
    `${pageAnswer({ fields: { 'Content-Length': null, 'Transfer-Encoding': 'chunked' }, body: '' })}ZZ\r\n`,
  ],
  ['a field over all limits', having({ 'X-Big': BIG })],
  ['fields over all limits', pageAnswer({ extra: Array.from({ length: 10_000 }, (_, i) => `X-${i}: y`) })],
  ['a NUL in a field', having({ 'X-Odd': 'a\0b' })],
  ['a field without a colon', pageAnswer({ extra: ['nonsense'] })],
  ['half a page', pageAnswer().slice(0, -10)],
  ['a page without an end', without('Content-Length')],
  ['half a head', pageAnswer().slice(0, 60)],
  ['nothing', ''],
];

test.for(BAD_ANSWERS)('%s is 502, after three attempts', async ([, bytes]) => {
  let isWell = false;
  const upstream = await openUpstream((socket) => (isWell ? socket.write(pageAnswer()) : socket.end(bytes)));
  const { url } = await openRouter([upstream.url]);

  const [bad, ...more] = await exchange(url, ASK);
  isWell = true;
  const [good] = await exchange(url, ASK);

  expect(expectProblem(bad!, 502).detail).toContain('A-Z');
  expect(more).toEqual([]);
  expect(upstream.requests).toHaveLength(4);
  expect(good?.status).toBe(200);
});

test.for<[string, string]>([
  ['a page instead of a stream', pageAnswer()],
  ['a stream of no shard', streamHead(0, { Shard: null })],
  ['a stream without an end', streamHead(0, { 'Content-Length': null })],
  ['status 500', answer('500 No')],
  ['garbage', 'garbage\r\n\r\n'],
])('%s is 502 for who asked for a stream', async ([, bytes]) => {
  const upstream = await openUpstream((socket) => socket.end(bytes));
  const { url } = await openRouter([upstream.url]);
  const [bad] = await exchange(url, ASK_STREAM);
  expectProblem(bad!, 502);
});

test('an instance that is leaving is 503, with Retry-After', async () => {
  const upstream = await openUpstream((socket) => socket.end(answer('503 Service Unavailable')));
  const { url } = await openRouter([upstream.url]);
  const [unavailable] = await exchange(url, ASK);
  expect(expectProblem(unavailable!, 503).detail).toContain('A-Z');
  expect(Number(unavailable!.headers['retry-after'])).toBeGreaterThan(0);
});

test('a port where nobody listens is 503, with Retry-After', async () => {
  const { url } = await openRouter([await closedPort()]);
  const [unavailable] = await exchange(url, ASK);
  expect(expectProblem(unavailable!, 503).detail).toContain('A-Z');
  expect(Number(unavailable!.headers['retry-after'])).toBeGreaterThan(0);
});

test('a pool without an instance is 503 at once', async () => {
  const { url } = await openRouter([]);
  const [unavailable] = await exchange(url, ASK);
  expect(expectProblem(unavailable!, 503).detail).toContain('A-Z');
});

/** Writes a text letter by letter, for ever, until the socket is gone. */
function drip(socket: Socket, text: string): void {
  socket.write(text);
  const timer = setInterval(() => socket.write('x'), 10);
  socket.once('close', () => clearInterval(timer));
}

const LATE: ReadonlyArray<readonly [what: string, respond: (socket: Socket) => void]> = [
  ['says nothing', () => {}],
  ['says its head letter by letter', (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nX-Slow: ')],
  ['says 100 and no more', (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n')],
  ['stops within its page', (socket) => socket.write(pageAnswer().slice(0, -10))],
  ['says its page letter by letter', (socket) => drip(socket, pageAnswer({ fields: { 'Content-Length': '1000000' } }))],
];

test.for(LATE)('an instance that %s is 504 at the deadline', async ([, respond]) => {
  const upstream = await openUpstream(respond);
  const { url } = await openRouter([upstream.url], { limits: { attemptTimeoutMs: 100, deadlineMs: 250 } });
  const startedAt = performance.now();
  const [late] = await exchange(url, ASK);
  expect(expectProblem(late!, 504).detail).toContain('A-Z');
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  await waitFor('the attempts to be abandoned', () => upstream.openConnections() === 0);
});

test('an attempt without an answer is abandoned long before the deadline, for another instance', async () => {
  const silent = await openUpstream(() => {});
  const well = await openUpstream((socket) => socket.write(pageAnswer()));
  const { url } = await openRouter([silent.url, well.url], { limits: { attemptTimeoutMs: 50, deadlineMs: 10_000 } });
  const startedAt = performance.now();
  await waitFor('the silent one to be asked', async () => {
    const [page] = await exchange(url, ASK);
    expect(page?.status).toBe(200);
    return silent.requests.length > 0;
  });
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});
