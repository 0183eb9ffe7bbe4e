// A door that answers repeated requests without its parser must not be told from one that parses them all.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KnownHeads } from '../../runtime/known-heads.ts';
import { openDoor } from '../helpers/listening.ts';
import { head, openRaw, type RawAnswer } from '../helpers/raw-http.ts';
import { waitFor } from '../helpers/wait-for.ts';

/** A handler that has every GET remembered, and counts who got an answer without it. */
function createHandler(heads: KnownHeads) {
  const handler = {
    handled: 0,
    repeated: 0,
    handle: (req: IncomingMessage, res: ServerResponse) => {
      handler.handled++;
      const { url = '', method } = req;
      const body = `${method} ${url}`;
      res.writeHead(200, ['Content-Length', String(body.length)]);
      res.end(body);
      if (method !== 'GET') return;
      heads.remember(req, res, (socket) => {
        handler.repeated++;
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
        return true;
      });
    },
  };
  return handler;
}

async function openHandler(ignored: readonly string[] = []) {
  const heads = new KnownHeads(ignored);
  const handler = createHandler(heads);
  const { url } = await openDoor(handler.handle, {}, heads);
  return { handler, url };
}

/** Sends requests one after the other, each when the one before is answered. */
async function ask(url: string, ...requests: readonly string[]): Promise<readonly RawAnswer[]> {
  const connection = await openRaw(url);
  for (const [i, request] of requests.entries()) {
    connection.send(request);
    await connection.answer(i + 1);
    await turn(); // the server's side of the last answer ends in the same turn
  }
  return connection.answers();
}

test('a request asked before is answered without the handler', async () => {
  const { handler, url } = await openHandler();
  const answers = await ask(url, head('/a'), head('/a'), head('/b'), head('/a'));
  expect(answers.map(({ body }) => body.toString())).toEqual(['GET /a', 'GET /a', 'GET /b', 'GET /a']);
  expect([handler.handled, handler.repeated]).toEqual([2, 2]);
});

test('the first request of a connection goes through the parser, whose time limit for heads ends with it', async () => {
  const { handler, url } = await openHandler();
  for (let i = 0; i < 3; i++) await ask(url, head('/a'));
  expect([handler.handled, handler.repeated]).toEqual([3, 0]);
});

test('a request id is no part of the request', async () => {
  const { handler, url } = await openHandler();
  const named = (id: string): string => head('/a', { fields: [`X-Request-Id: ${id}`, 'Accept: */*'] });
  await ask(url, named('1'), named('22'), named('333'));
  expect([handler.handled, handler.repeated]).toEqual([1, 2]);
});

test('nor is what the answers do not depend on', async () => {
  const { handler, url } = await openHandler(['X-Forwarded-For']);
  const from = (address: string): string => head('/a', { fields: [`X-Forwarded-For: ${address}`] });
  await ask(url, from('10.0.0.1'), from('10.0.0.2'), from('::1'));
  expect([handler.handled, handler.repeated]).toEqual([1, 2]);
});

test.for([
  ['two request ids', head('/a', { fields: ['X-Request-Id: 1', 'X-Request-Id: 2'] })],
  ['an odd request id', head('/a', { fields: ['X-Request-Id: a b'] })],
  ['a request id in lower case beside one', head('/a', { fields: ['X-Request-Id: 1', 'x-request-id: 2'] })],
  ['HTTP/1.0', 'GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n'],
  ['HEAD, which this handler does not have remembered', head('/a', { method: 'HEAD' })],
] as const)('%s: never without the parser', async ([, request]) => {
  const { handler, url } = await openHandler();
  const connection = await openRaw(url, { isHead: request.startsWith('HEAD') });
  for (let i = 1; i <= 3; i++) {
    connection.send(request);
    await connection.answer(i);
    await turn();
  }
  expect(handler.handled).toBe(3);
});

/** A connection that has got one answer, and then one without the handler of which it has read nothing yet. */
async function openUnread(bytes: number) {
  const heads = new KnownHeads();
  const { door, url } = await openDoor(
    (req, res) => {
      res.end();
      heads.remember(req, res, (socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`);
        socket.write(Buffer.alloc(bytes));
        return true;
      });
    },
    {},
    heads,
  );
  const connection = await openRaw(url);
  connection.send(head('/'));
  await connection.answer();
  await turn();
  expect(door.inFlight()).toBe(0);
  connection.socket.pause();
  connection.send(head('/'));
  await waitFor('the answer to be under way', () => door.inFlight() === 1);
  return connection;
}

test('what is refused behind an answer that its client reads late comes after the whole of it', async () => {
  const connection = await openUnread(16 * 1024 * 1024);
  connection.send('?\r\n\r\n');
  await sleep(1_500); // longer than a closing connection lingers
  connection.socket.resume();
  await connection.closed;
  expect(connection.answers().map(({ status, body }) => [status, body.length])).toEqual([
    [200, 0],
    [200, 16 * 1024 * 1024],
    [400, expect.any(Number)],
  ]);
});

test('a request that is the body of another is none', async () => {
  const { handler, url } = await openHandler();
  const connection = await openRaw(url);
  connection.send(head('/a'));
  await connection.answer(1);
  connection.send(head('/b', { method: 'POST', fields: [`Content-Length: ${head('/a').length}`] }));
  await connection.answer(2);
  connection.send(head('/a'));
  await connection.closed;
  expect(connection.answers().map(({ status }) => status)).toEqual([200, 413]);
  expect(handler.repeated).toBe(0);
});

test('a request that is the end of a head begun before is none', async () => {
  const { handler, url } = await openHandler();
  const connection = await openRaw(url);
  connection.send(head('/a'));
  await connection.answer(1);
  connection.send('GET /b HTTP/1.1\r\nHost: b\r\nX: ');
  await turn();
  await turn();
  connection.send(head('/a')); // its Host is the second one
  await connection.closed;
  expect(connection.answers().map(({ status }) => status)).toEqual([200, 400]);
  expect(handler.repeated).toBe(0);
});

const request = fc.constantFrom(
  ...[head('/a'), head('/a'), head('/a'), head('/b'), head('/b'), head('/c', { fields: ['X-Request-Id: 1'] })],
  ...[head('/c', { fields: ['X-Request-Id: 2'] }), head('/a', { method: 'OPTIONS' })],
);
const fragment = fc.oneof(
  fc.constantFrom(
    'GET /a HTTP/1.1\r\nHost: h\r\n',
    'X: y\r\n',
    '\r\n',
    '\r\n\r\n',
    'GET /a HTTP/1.0\r\n\r\n',
    'CONNECT',
  ),
  fc.constantFrom(
    'Content-Length: 5\r\n\r\n',
    'hello',
    'Transfer-Encoding: chunked\r\n\r\n',
    'Connection: close\r\n\r\n',
  ),
  fc.constantFrom('Content-Length: 0\r\n', 'CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n', '?', '\n', '\0'),
  fc.constant(head('/a')).chain((text) => fc.nat({ max: text.length }).map((at) => text.slice(0, at))),
  fc.constant(head('/a')).chain((text) => fc.nat({ max: text.length }).map((at) => text.slice(at))),
);
const piece = fc.record({
  text: fc.oneof(
    { weight: 6, arbitrary: request },
    { weight: 1, arbitrary: fc.tuple(request, request).map((two) => two.join('')) },
    { weight: 2, arbitrary: fragment },
  ),
  turns: fc.nat(4),
});

test('whatever is sent, however it is cut: the same answers as from a door that knows no heads', {
  timeout: 60_000,
}, async () => {
  const { handler, url } = await openHandler();
  const plain = await openDoor(createHandler(new KnownHeads()).handle, {}, null);

  const answersOf = async (base: string, pieces: readonly { text: string; turns: number }[]) => {
    const connection = await openRaw(base);
    for (const { text, turns } of pieces) {
      connection.send(text);
      for (let i = 0; i < turns; i++) await turn();
    }
    connection.send('\r\n\r\n?\r\n\r\n'); // ends any connection
    await connection.closed;
    return connection.answers().map(({ status, body }) => (status === 200 ? body.toString() : status));
  };

  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), async (pieces) => {
      expect(await answersOf(url, pieces)).toEqual(await answersOf(plain.url, pieces));
    }),
    { numRuns: 200 },
  );
  expect(handler.repeated).toBeGreaterThan(50);
});
