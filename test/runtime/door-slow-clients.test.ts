// Clients that send or read too slowly, or too much: they get their answer if one can reach them, lose their
// connection in time, and take nothing from the others.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { openDoor } from '../helpers/listening.ts';
import { expectProblem } from '../helpers/problem.ts';
import { exchange, head, openRaw } from '../helpers/raw-http.ts';
import { waitFor } from '../helpers/wait-for.ts';

const LAST = { fields: ['Connection: close'] };

test.for([
  ['nothing', ''],
  ['half a request line', 'GET /api'],
  ['half a head', 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: '],
])('a client that sends %s gets 408', async ([, bytes]) => {
  const { url } = await openDoor(() => {}, { headersMs: 200 });
  const answers = await exchange(url, bytes!);
  expect(answers).toHaveLength(1);
  expectProblem(answers[0]!, 408);
  expect(answers[0]!.headers.connection).toBe('close');
});

test('a head sent letter by letter gets 408 all the same', async () => {
  const { url } = await openDoor(() => {}, { headersMs: 200 });
  const connection = await openRaw(url);
  connection.send('GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ');
  const drip = setInterval(() => connection.send('x'), 10);
  await connection.closed.finally(() => clearInterval(drip));
  expectProblem(connection.answers()[0]!, 408);
});

test('half a head behind an answered request gets 408', async () => {
  const { url } = await openDoor((_req, res) => res.end('hello'), { headersMs: 200 });
  const connection = await openRaw(url);
  connection.send(`${head('/')}GET /sec`);
  await connection.closed;
  const [good, late] = connection.answers();
  expect(good?.status).toBe(200);
  expectProblem(late!, 408);
});

test('an idle kept-alive connection is closed without a word', async () => {
  const { url } = await openDoor((_req, res) => res.end('hello'), { keepAliveMs: 100 });
  const connection = await openRaw(url);
  connection.send(head('/'));
  await connection.closed;
  expect(connection.answers().map(({ status }) => status)).toEqual([200]);
});

test('who sends an unwanted body in one go reliably reads the 413', async () => {
  const { url } = await openDoor(() => {});
  const body = Buffer.alloc(4 * 1024 * 1024, 'x');
  const post = head('/', { method: 'POST', fields: [`Content-Length: ${body.length}`] });
  for (let i = 0; i < 20; i++) {
    const answers = await exchange(url, Buffer.concat([Buffer.from(post), body]));
    expect(answers.map(({ status }) => status)).toEqual([413]);
  }
});

test.for([
  ['an oversized head', 431, 'GET / HTTP/1.1\r\nX: ', 'x'],
  ['garbage', 400, '?', '?'],
  ['an endless body', 413, head('/', { method: 'POST', fields: ['Content-Length: 1000000000'] }), 'x'],
  ['endless chunks', 400, head('/', { method: 'POST', fields: ['Transfer-Encoding: chunked'] }), '1\r\nx\r\n'],
] as const)('who goes on sending %s still reads the answer, and is cut off', async ([, status, beginning, more]) => {
  const { url } = await openDoor(() => {});
  const connection = await openRaw(url);
  connection.send(beginning);
  const drip = setInterval(() => connection.send(more.repeat(1_000)), 5);
  await once(connection.socket, 'close').finally(() => clearInterval(drip));
  expect(connection.answers()).toHaveLength(1);
  expectProblem(connection.answers()[0]!, status);
});

test('who reads nothing of a large answer is cut off', async () => {
  const { door, url } = await openDoor((_req, res) => res.end(Buffer.alloc(64 * 1024 * 1024)), { stallMs: 300 });
  const accepted = once(door.server, 'connection') as Promise<[Socket]>;
  const connection = await openRaw(url, { isPaused: true });
  connection.send(head('/'));
  const [socket] = await accepted;
  await waitFor('the connection to be cut', () => socket.destroyed);
  expect(connection.receivedBytes()).toBe(0);
});

test('who reads slowly, but reads, gets it all', async () => {
  const size = 20 * 1024 * 1024;
  const { url } = await openDoor((_req, res) => res.end(Buffer.alloc(size)), { stallMs: 1_000 });
  const connection = await openRaw(url);
  const startedAt = performance.now();
  connection.socket.on('data', () => {
    connection.socket.pause();
    setTimeout(() => connection.socket.resume(), 4);
  });
  connection.send(head('/', LAST));
  await connection.closed;
  expect(performance.now() - startedAt).toBeGreaterThan(1_000);
  expect(connection.receivedBytes()).toBeGreaterThan(size);
});

test('1,000 idle connections keep nobody from being served', async () => {
  const { url } = await openDoor((_req, res) => res.end('hello'));
  const idle = await Promise.all(Array.from({ length: 1_000 }, () => openRaw(url)));
  idle.forEach((connection, i) => {
    if (i % 2) connection.send('GET / HT');
  });
  for (let i = 0; i < 50; i++) expect(await exchange(url, head('/', LAST))).toHaveLength(1);
  expect(idle.filter(({ isClosed }) => isClosed())).toEqual([]);
});
