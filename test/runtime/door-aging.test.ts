// Connections that end so that their clients open new ones, and connections accepted by another process.

import { createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createDoor } from '../../runtime/door.ts';
import { KnownHeads } from '../../runtime/known-heads.ts';
import { listen } from '../../runtime/listen.ts';
import { openDoor } from '../helpers/listening.ts';
import { expectProblem } from '../helpers/problem.ts';
import { exchange, head, openRaw } from '../helpers/raw-http.ts';

test('a connection ends with the last request of its age', async () => {
  const { url } = await openDoor((_req, res) => res.end('hello'), { age: { requests: 3, ms: 60_000 } });
  const connection = await openRaw(url);
  for (const n of [1, 2, 3]) {
    connection.send(head('/'));
    await connection.answer(n);
  }
  await connection.closed;
  expect(connection.answers().map(({ headers }) => headers.connection)).toEqual(['keep-alive', 'keep-alive', 'close']);
});

test('a request answered without the parser counts, and is never the last', async () => {
  const heads = new KnownHeads();
  const repeated = vi.fn((socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
  const { url } = await openDoor(
    (req, res) => {
      res.end();
      heads.remember(req, res, repeated);
    },
    { age: { requests: 4, ms: 60_000 } },
    heads,
  );
  const connection = await openRaw(url);
  for (const n of [1, 2, 3, 4]) {
    connection.send(head('/'));
    expect((await connection.answer(n)).headers.connection).toBe(['keep-alive', undefined, undefined, 'close'][n - 1]);
    await turn();
  }
  await connection.closed;
  expect(repeated).toHaveBeenCalledTimes(2);
});

test('a connection ends with the first request after its time', async () => {
  const { url } = await openDoor((_req, res) => res.end('hello'), { age: { requests: 1_000, ms: 0 } });
  const connection = await openRaw(url);
  connection.send(head('/'));
  await connection.closed;
  expect(connection.answers().map(({ headers }) => headers.connection)).toEqual(['close']);
});

test('what was sent ahead on a connection past its age is still answered', async () => {
  const { url } = await openDoor((_req, res) => void setImmediate(() => res.end('hello')), {
    age: { requests: 2, ms: 60_000 },
  });
  const answers = await exchange(url, head('/').repeat(5));
  expect(answers.map(({ headers }) => headers.connection)).toEqual([...Array(4).fill('keep-alive'), 'close']);
});

test('connections handed over are served, limited and drained like its own', async () => {
  const door = createDoor((_req, res) => res.end('hello'), { headersMs: 200 });
  const acceptor = createServer({ pauseOnConnect: true }, (socket) => door.accept(socket));
  onTestFinished(() => void acceptor.close());
  const url = await listen(acceptor, '127.0.0.1', 0);

  const [silent] = await exchange(url, '');
  expectProblem(silent!, 408);
  const kept = await openRaw(url);
  kept.send(head('/'));
  expect((await kept.answer()).body.toString()).toBe('hello');
  expect([door.connections(), door.inFlight()]).toEqual([1, 0]);

  await door.drain();
  await kept.closed;
  expect(door.connections()).toBe(0);
});
