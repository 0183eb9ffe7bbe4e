// Whoever refuses a request (the door, Node's parser, the endpoint, Express): it is counted, once, under its status.

import { expect, test } from 'vitest';
import { BAD_REQUESTS } from '../helpers/bad-requests.ts';
import { head, openRaw } from '../helpers/raw-http.ts';
import { openRouter } from '../helpers/router-under-test.ts';

const REFUSED: readonly (readonly [what: string, status: number, bytes: string])[] = [
  ...BAD_REQUESTS.map(
    ({ what, status, target, method = 'GET', fields = [] }) =>
      [what, status, head(target, { method, fields: [...fields] })] as const,
  ),
  ['garbage', 400, 'garbage\r\n\r\n'],
  ['no Host', 400, 'GET / HTTP/1.1\r\n\r\n'],
  ['a body', 413, `${head('/', { method: 'POST', fields: ['Content-Length: 5'] })}hello`],
  ['an odd expectation', 417, head('/', { fields: ['Expect: a miracle'] })],
  ['a field over 16 KiB', 431, head('/', { fields: [`X: ${'x'.repeat(20_000)}`] })],
  ['CONNECT', 405, 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n'],
];

test.for(REFUSED)('%s, %i', async ([, status, bytes]) => {
  const { url, counters } = await openRouter([]);
  const connection = await openRaw(url, { isHead: bytes.startsWith('HEAD') });
  connection.send(bytes);
  await connection.answer();
  const counted = Object.entries(counters.counts()).filter(([series]) => series.startsWith('people_requests_total'));
  expect(counted).toEqual([[`people_requests_total{range="none",status="${status}",cache="none"}`, 1]]);
});
