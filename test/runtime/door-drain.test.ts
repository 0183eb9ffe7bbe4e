// Leaving in order: every answer under way arrives whole, and nobody who is silent holds the door open.

import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { openDoor } from '../helpers/listening.ts';
import { head, openRaw } from '../helpers/raw-http.ts';
import { waitFor } from '../helpers/wait-for.ts';

test('an answer under way is finished, and says that the connection closes', async () => {
  const underWay: ServerResponse[] = [];
  const { door, url } = await openDoor((_req, res) => underWay.push(res));
  const connection = await openRaw(url);
  connection.send(head('/'));
  await waitFor('the request', () => underWay.length);

  const drained = door.drain();
  underWay[0]!.end('the answer');
  await Promise.all([drained, connection.closed]);

  const [answer, ...more] = connection.answers();
  expect([answer?.body.toString(), answer?.headers.connection, more]).toEqual(['the answer', 'close', []]);
});

test('a stream under way is finished', async () => {
  const underWay: ServerResponse[] = [];
  const { door, url } = await openDoor((_req, res) => {
    res.writeHead(200, { 'Content-Length': 11 });
    res.write('begin ');
    underWay.push(res);
  });
  const connection = await openRaw(url);
  connection.send(head('/'));
  await waitFor('its beginning', () => connection.receivedBytes());

  const drained = door.drain();
  underWay[0]!.end('end..');
  await Promise.all([drained, connection.closed]);

  expect((await connection.answer()).body.toString()).toBe('begin end..');
});

test('an answer that a slow reader has not read yet arrives whole', async () => {
  const size = 32 * 1024 * 1024;
  const { door, url } = await openDoor((_req, res) => {
    res.setHeader('Content-Length', size);
    res.end(Buffer.alloc(size));
  });
  const connection = await openRaw(url);
  connection.send(head('/'));
  await waitFor('its beginning', () => connection.receivedBytes());
  connection.socket.pause();

  const drained = door.drain();
  await waitFor('the door to close', () => !door.server.listening);
  let reads = 0;
  connection.socket.on('data', () => {
    if (++reads % 64 > 0) return;
    connection.socket.pause();
    setTimeout(() => connection.socket.resume(), 50); // slower than any sweep of idle connections
  });
  connection.socket.resume();
  await Promise.all([drained, connection.closed]);

  expect((await connection.answer()).body.length).toBe(size);
});

test.for([
  ['sent nothing yet', ''],
  ['sent half a head', 'GET / HT'],
  ['has its answer', head('/')],
  ['has its answer and sent half a head', `${head('/')}GET / HT`],
])('a connection that %s does not hold up the drain', async ([, bytes]) => {
  const { door, url } = await openDoor((_req, res) => res.end('hello'));
  const connection = await openRaw(url);
  connection.send(bytes!);
  if (bytes!.startsWith(head('/'))) await connection.answer();
  else await waitFor('the connection to be accepted', () => connectionsOf(door.server));

  const startedAt = performance.now();
  await door.drain();
  expect(performance.now() - startedAt).toBeLessThan(5_000); // a head may take 10 s, an idle connection 30 s
  await connection.closed;
});

test('requests sent ahead are all answered', async () => {
  const underWay: ServerResponse[] = [];
  const { door, url } = await openDoor((_req, res) => underWay.push(res));
  const connection = await openRaw(url);
  connection.send(head('/1') + head('/2'));
  await waitFor('the first request', () => underWay.length);

  const drained = door.drain();
  for (const n of [0, 1]) (await waitFor('the next request', () => underWay[n])).end(`answer ${n + 1}`);
  await Promise.all([drained, connection.closed]);

  const answers = connection.answers();
  expect(answers.map(({ body, headers }) => [body.toString(), headers.connection])).toEqual([
    ['answer 1', 'keep-alive'],
    ['answer 2', 'close'],
  ]);
});

test('nobody new comes in', async () => {
  const { door, url } = await openDoor((_req, res) => res.end());
  await door.drain();
  await expect(openRaw(url)).rejects.toThrow('ECONNREFUSED');
});

function connectionsOf(server: {
  getConnections(callback: (error: unknown, count: number) => void): void;
}): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
}
