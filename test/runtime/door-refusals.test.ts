// What never reaches a handler: refused as a problem, whoever would have refused it (Node's parser, Node's server, us).

import { expect, test } from 'vitest';
import { openDoor } from '../helpers/listening.ts';
import { expectProblem } from '../helpers/problem.ts';
import { exchange, head, openRaw } from '../helpers/raw-http.ts';

const LETTERS_10K = 'J'.repeat(10_000);
const LETTERS_20K = 'J'.repeat(20_000);
const CLIENT_HELLO = Buffer.from('16030100a5010000a10303', 'hex');

const REFUSED: ReadonlyArray<readonly [what: string, status: number, bytes: string | Buffer]> = [
  ['a chunked body', 400, `${head('/', { fields: ['Transfer-Encoding: chunked'] })}0\r\n\r\n`],
  ['an unfinished chunked body', 400, `${head('/', { fields: ['Transfer-Encoding: chunked'] })}5\r\nhel`],
  ['a body of bad chunks', 400, `${head('/', { fields: ['Transfer-Encoding: chunked'] })}ZZZ\r\nhello\r\n`],
  ['Transfer-Encoding in odd case', 400, `${head('/', { fields: ['tRANSFER-eNCODING: cHUNKED'] })}0\r\n\r\n`],
  ['Transfer-Encoding: identity', 400, head('/', { fields: ['Transfer-Encoding: identity'] })],
  ['Transfer-Encoding: gzip, chunked', 400, `${head('/', { fields: ['Transfer-Encoding: gzip, chunked'] })}0\r\n\r\n`],
  ['an empty Transfer-Encoding', 400, head('/', { fields: ['Transfer-Encoding: '] })],
  ['a folded Transfer-Encoding', 400, `${head('/', { fields: ['Transfer-Encoding:', ' chunked'] })}0\r\n\r\n`],
  [
    'Transfer-Encoding in the fold of another field',
    400,
    head('/', { fields: ['X: y', ' Transfer-Encoding: chunked'] }),
  ],
  ['Transfer-Encoding with a space before its colon', 400, head('/', { fields: ['Transfer-Encoding : chunked'] })],
  ['a chunked DELETE', 400, `${head('/', { method: 'DELETE', fields: ['Transfer-Encoding: chunked'] })}0\r\n\r\n`],
  ['both framings', 400, `${head('/', { fields: ['Content-Length: 3', 'Transfer-Encoding: chunked'] })}0\r\n\r\n`],
  [
    'both framings, the other way',
    400,
    `${head('/', { fields: ['Transfer-Encoding: chunked', 'Content-Length: 3'] })}`,
  ],
  ...['+5', '-1', '0x1', '00', '05', '1e1', '5,5', '5, 5', '1 0', '', '５', '99999999999999999999'].map(
    (length) => [`Content-Length: "${length}"`, 400, head('/', { fields: [`Content-Length: ${length}`] })] as const,
  ),
  ['two equal Content-Lengths', 400, head('/', { fields: ['Content-Length: 0', 'Content-Length: 0'] })],
  ['two different Content-Lengths', 400, head('/', { fields: ['Content-Length: 0', 'content-length: 7'] })],
  ['no Host', 400, 'GET / HTTP/1.1\r\n\r\n'],
  ['two Hosts', 400, head('/', { fields: ['hOST: people.example'] })],
  ...['a b', 'a,b', 'a/b', 'user@a', 'a?b', 'a#b', 'a\\b', '<a>', '"a"', 'a:b', 'a:80:80', '[::1', 'caf\xe9'].map(
    (host) => [`Host: ${host}`, 400, head('/', { host })] as const,
  ),
  ['HTTP/1.1 in lower case', 400, 'GET / http/1.1\r\nHost: a\r\n\r\n'],
  ['HTTP/1.2', 400, 'GET / HTTP/1.2\r\nHost: a\r\n\r\n'],
  ['HTTP/2.0 in a line of HTTP/1', 400, 'GET / HTTP/2.0\r\nHost: a\r\n\r\n'],
  ['HTTP/0.9', 400, 'GET / HTTP/0.9\r\n\r\n'],
  ['a request without a version', 400, 'GET /\r\n\r\n'],
  ['garbage', 400, '\x00\xff\xfe garbage \r\n\r\n'],
  ['a TLS ClientHello', 400, CLIENT_HELLO],
  ["HTTP/2's preface", 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['an unknown method', 400, head('/', { method: 'FROB' })],
  ['a method in lower case', 400, head('/', { method: 'get' })],
  ['a target without a slash', 400, head('api/people')],
  ['a space in the target', 400, head('/a b')],
  ['bytes above ASCII in the target', 400, head('/\xc3\x89')],
  ['a bare LF after the request line', 400, 'GET / HTTP/1.1\nHost: a\r\n\r\n'],
  ['a bare LF between fields', 400, 'GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n'],
  ['a bare CR in a field', 400, head('/', { fields: ['X: a\rTransfer-Encoding: chunked'] })],
  ['a bare CR that ends the head', 400, 'GET / HTTP/1.1\r\nHost: a\r\n\rX'],
  ['a NUL in a field', 400, head('/', { fields: ['X: a\0b'] })],
  ['a NUL in a name', 400, head('/', { fields: ['X\0: a'] })],
  ['a NUL in the target', 400, head('/\0')],
  ['a field without a colon', 400, head('/', { fields: ['nonsense'] })],
  ['a field without a name', 400, head('/', { fields: [': a'] })],
  ['a space before the first field', 400, 'GET / HTTP/1.1\r\n Host: a\r\n\r\n'],
  ['CONNECT', 405, 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n'],
  ['a body', 413, `${head('/', { method: 'POST', fields: ['Content-Length: 5'] })}hello`],
  ['a body on GET', 413, `${head('/', { fields: ['Content-Length: 5'] })}hello`],
  ['a body that never comes', 413, head('/', { fields: ['Content-Length: 5'] })],
  ['a body that waits for leave', 413, head('/', { fields: ['Content-Length: 5', 'Expect: 100-continue'] })],
  ['a URL far over 16 KiB', 414, head(`/${LETTERS_20K}`)],
  ['an odd expectation', 417, head('/', { fields: ['Expect: 200-ok'] })],
  ['an expectation besides 100-continue', 417, head('/', { fields: ['Expect: 100-continue, 200-ok'] })],
  ['two expectations', 417, head('/', { fields: ['Expect: 100-continue', 'Expect: 200-ok'] })],
  ['a field over 16 KiB', 431, head('/', { fields: [`X: ${LETTERS_20K}`] })],
  ['a name over 16 KiB', 431, head('/', { fields: [`${LETTERS_20K}: x`] })],
  ['16 KiB of small fields', 431, head('/', { fields: Array.from({ length: 3_000 }, (_, i) => `X${i}: y`) })],
];

test.for(REFUSED)('%s is refused with %i, and the connection closed', async ([, status, bytes]) => {
  const handled: string[] = [];
  const { url } = await openDoor((req, res) => {
    handled.push(req.url!);
    res.end('handled');
  });

  const answers = await exchange(url, bytes);

  expect(answers).toHaveLength(1);
  expectProblem(answers[0]!, status);
  expect(answers[0]!.headers.connection).toBe('close');
  expect(answers[0]!.headers.allow).toBe(status === 405 ? 'GET, HEAD, OPTIONS' : undefined);
  expect(handled).toEqual([]);
});

test('a URL over 8 KiB is refused, and the connection goes on', async () => {
  const { url } = await openDoor((_req, res) => res.end('handled'));
  const connection = await openRaw(url);

  connection.send(head(`/${LETTERS_10K}`));
  const refused = await connection.answer();
  connection.send(head('/short'));
  const handled = await connection.answer(2);

  expectProblem(refused, 414, { instance: `/${'J'.repeat(1023)}…` });
  expect(handled.status).toBe(200);
});

const ALLOWED: ReadonlyArray<readonly [what: string, bytes: string]> = [
  ['HTTP/1.0 without Host', 'GET / HTTP/1.0\r\n\r\n'],
  ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n'],
  ...['localhost', 'localhost:8080', '127.0.0.1:8080', '[::1]:8080', 'people_1.example', 'PEOPLE.example.', 'a:'].map(
    (host) => [`Host: ${host}`, head('/', { host, fields: ['Connection: close'] })] as const,
  ),
  ['Content-Length: 0', head('/', { fields: ['Content-Length: 0', 'Connection: close'] })],
  ['Expect: 100-continue without a body', head('/', { fields: ['Expect: 100-Continue', 'Connection: close'] })],
  ['Upgrade: websocket', head('/', { fields: ['Upgrade: websocket', 'Connection: close, upgrade'] })],
  ['Upgrade: h2c', head('/', { fields: ['Connection: close, Upgrade, HTTP2-Settings', 'Upgrade: h2c'] })],
  ['a URL of 8 KiB', head(`/${'a'.repeat(8 * 1024 - 1)}`, { fields: ['Connection: close'] })],
  ['a head of 15 KiB', head('/', { fields: [`X: ${'a'.repeat(15 * 1024)}`, 'Connection: close'] })],
  [
    '1,000 fields',
    head('/', { fields: ['Connection: close', ...Array.from({ length: 1_000 }, (_, i) => `X${i}: y`)] }),
  ],
];

test.for(ALLOWED)('%s is handled', async ([, bytes]) => {
  const { url } = await openDoor((_req, res) => {
    res.setHeader('Content-Length', 7);
    res.end('handled');
  });
  const answers = await exchange(url, bytes);
  expect(answers.map(({ status, body }) => [status, body.toString()])).toEqual([[200, 'handled']]);
});

test('a problem names the path, and the request id when there is one', async () => {
  const { url } = await openDoor(() => {});
  const [answer] = await exchange(
    url,
    head('http://h/some/path?a=b', { fields: ['X-Request-Id: me-1', 'Content-Length: 1'] }),
  );
  expectProblem(answer!, 413, { instance: '/some/path', requestId: 'me-1' });
});

test('a request id that is no plain token is replaced', async () => {
  const { url } = await openDoor(() => {});
  const [answer] = await exchange(url, head('/', { fields: ['X-Request-Id: a"b', 'Content-Length: 1'] }));
  expect(expectProblem(answer!, 413).requestId).not.toContain('"');
});

test('HEAD is refused without a body', async () => {
  const { url } = await openDoor(() => {});
  const answers = await exchange(url, head('/', { method: 'HEAD', fields: ['Content-Length: 5'] }));
  expect(answers.map(({ status, body }) => [status, body.length])).toEqual([[413, 0]]);
  expect(answers[0]!.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'content-length': expect.stringMatching(/^[1-9]/),
  });
});
