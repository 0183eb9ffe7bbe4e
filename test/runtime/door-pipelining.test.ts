// Several requests sent ahead on one connection: whatever they are, answers come in the order of their requests, and
// what stands behind a refused one is never taken for a request.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { openDoor } from '../helpers/listening.ts';
import { expectProblem } from '../helpers/problem.ts';
import { exchange, head, openRaw } from '../helpers/raw-http.ts';
import { waitFor } from '../helpers/wait-for.ts';

/** A handler that answers at once, except what starts with /slow: that waits in `slow` by its path. */
function createHandler() {
  const handled: string[] = [];
  const slow = new Map<string, ServerResponse>();
  return {
    handled,
    slow: (path: string) => waitFor(`the request for ${path}`, () => slow.get(path)),
    handle: (req: IncomingMessage, res: ServerResponse) => {
      handled.push(req.url!);
      if (req.url!.startsWith('/slow')) slow.set(req.url!, res);
      else res.end(`this is ${req.url}`);
    },
  };
}

const BAD: ReadonlyArray<readonly [what: string, status: number, bytes: string]> = [
  ['garbage', 400, 'garbage\r\n\r\n'],
  ['a chunked body', 400, `${head('/bad', { method: 'POST', fields: ['Transfer-Encoding: chunked'] })}0\r\n\r\n`],
  ['no Host', 400, 'GET /bad HTTP/1.1\r\n\r\n'],
  ['a body', 413, `${head('/bad', { method: 'POST', fields: ['Content-Length: 5'] })}hello`],
  ['an odd expectation', 417, head('/bad', { fields: ['Expect: a miracle'] })],
  ['a field over 16 KiB', 431, head('/bad', { fields: [`X: ${'x'.repeat(20_000)}`] })],
];

test.for(BAD)('%s behind an unanswered request does not overtake its answer', async ([, status, bytes]) => {
  const { handled, slow, handle } = createHandler();
  const { url } = await openDoor(handle);
  const connection = await openRaw(url);

  connection.send(head('/slow') + bytes + head('/behind'));
  (await slow('/slow')).end('the good answer');
  await connection.closed;

  const [good, refused, ...more] = connection.answers();
  expect([good?.status, good?.body.toString()]).toEqual([200, 'the good answer']);
  expectProblem(refused!, status);
  expect(more).toEqual([]);
  expect(handled).toEqual(['/slow']);
});

test.for(BAD)('%s behind answers not yet sent does not overtake them', async ([, status, bytes]) => {
  const { url } = await openDoor(createHandler().handle);

  const answers = await exchange(url, head('/a') + head('/b') + head('/c') + bytes + head('/behind'));

  expect(answers.slice(0, 3).map(({ body }) => body.toString())).toEqual(['this is /a', 'this is /b', 'this is /c']);
  expectProblem(answers[3]!, status);
  expect(answers).toHaveLength(4);
});

test('CONNECT behind an unanswered request ends the connection without a word', async () => {
  const { slow, handle } = createHandler();
  const { url } = await openDoor(handle);
  const connection = await openRaw(url);
  connection.send(`${head('/slow')}CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n`);
  const res = await slow('/slow');
  await connection.closed;
  expect(connection.received()).toBe('');
  await waitFor('the answer under way to end', () => res.closed);
});

test('a stream under way ends whole before what is behind it is refused', async () => {
  const { slow, handle } = createHandler();
  const { url } = await openDoor(handle);
  const connection = await openRaw(url);

  connection.send(head('/slow'));
  const res = await slow('/slow');
  res.writeHead(200, { 'Content-Length': 2_000_000 });
  res.write(Buffer.alloc(1_000_000, 'x'));
  await waitFor('its beginning', () => connection.receivedBytes() > 0);
  connection.send('garbage\r\n\r\n');
  await waitFor('the door to read on', () => res.req.socket.bytesRead > head('/slow').length);
  res.end(Buffer.alloc(1_000_000, 'x'));
  await connection.closed;

  const [good, refused] = connection.answers();
  expect(good?.body.length).toBe(2_000_000);
  expectProblem(refused!, 400);
});

test.for([
  ['its body', head('/', { method: 'POST', fields: [`Content-Length: ${head('/smuggled').length}`] })],
  ['its chunks', head('/', { method: 'POST', fields: ['Transfer-Encoding: chunked'] })],
  ['a second length', head('/', { method: 'POST', fields: ['Content-Length: 0', 'Content-Length: 0'] })],
  ['its missing Host', 'GET / HTTP/1.1\r\n\r\n'],
])('a request hidden behind %s is not handled', async ([, bytes]) => {
  const { handled, handle } = createHandler();
  const { url } = await openDoor(handle);

  const answers = await exchange(url, bytes + head('/smuggled') + head('/behind'));

  expect(answers).toHaveLength(1);
  expect(handled).toEqual([]);
});

test('requests sent ahead are handled one after the other', async () => {
  const { handled, slow, handle } = createHandler();
  const { url } = await openDoor(handle);
  const connection = await openRaw(url);

  connection.send(head('/slow/1') + head('/slow/2') + head('/fast'));
  const first = await slow('/slow/1');
  expect(handled).toEqual(['/slow/1']);
  first.end('first');
  const second = await slow('/slow/2');
  expect(handled).toEqual(['/slow/1', '/slow/2']);
  second.end('second');
  await connection.answer(3);

  expect(connection.answers().map(({ body }) => body.toString())).toEqual(['first', 'second', 'this is /fast']);
});

test('what a client sent ahead is forgotten when it leaves', async () => {
  const { handled, slow, handle } = createHandler();
  const { url } = await openDoor(handle);
  const connection = await openRaw(url);

  connection.send(head('/slow/1') + head('/slow/2') + head('/fast'));
  const first = await slow('/slow/1');
  connection.socket.destroy();
  await waitFor('the answer under way to end', () => first.closed);

  await exchange(url, head('/other', { fields: ['Connection: close'] }));
  expect(handled).toEqual(['/slow/1', '/other']);
});

test('a flood of requests sent ahead is not read into memory', async () => {
  const { slow, handle } = createHandler();
  const { door, url } = await openDoor(handle);
  const accepted: Socket[] = [];
  door.server.on('connection', (socket) => accepted.push(socket));
  const connection = await openRaw(url);

  connection.send(head('/slow'));
  const res = await slow('/slow');
  const flood = 30_000;
  connection.send(head('/fast').repeat(flood));
  await waitFor('the flood to be stopped', () => accepted[0]!.isPaused());
  await exchange(url, head('/other', { fields: ['Connection: close'] }));
  expect(accepted[0]!.bytesRead).toBeLessThan(1_000_000);

  res.end('at last');
  await connection.answer(flood + 1);
});

test('HEAD answers keep their place', async () => {
  const { url } = await openDoor((req, res) => {
    res.setHeader('Content-Length', 5);
    res.end(req.method === 'HEAD' ? undefined : 'hello');
  });
  const connection = await openRaw(url);
  connection.send(head('/', { method: 'HEAD' }) + head('/', { fields: ['Connection: close'] }));
  await connection.closed;
  expect(connection.received().match(/hello/g)).toHaveLength(1);
  expect(connection.received()).toMatch(/hello$/);
});

test.for([
  ['in one go', ''],
  ['in pieces', '/behind'],
])(
  'an Upgrade, which nobody here takes, is the last request of its connection, what is behind it %s',
  async ([, piece]) => {
    const { handled, handle } = createHandler();
    const { url } = await openDoor(handle);
    const connection = await openRaw(url);
    connection.send(
      head('/a', { fields: ['Connection: Upgrade', 'Upgrade: websocket'] }) + (piece ? '' : head('/behind')),
    );
    await connection.answer();
    if (piece) connection.send(head(piece));
    await connection.closed;

    expect(connection.answers().map(({ headers, body }) => [headers.connection, body.toString()])).toEqual([
      ['close', 'this is /a'],
    ]);
    expect(handled).toEqual(['/a']);
  },
);
