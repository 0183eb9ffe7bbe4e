// What a shard server refuses, and what it answers besides people.

import request from 'supertest';
import { expect, test } from 'vitest';
import { BAD_REQUESTS } from '../helpers/bad-requests.ts';
import { expectProblem } from '../helpers/problem.ts';
import { head, openRaw } from '../helpers/raw-http.ts';
import { createShard, peopleOf, serveShard } from '../helpers/sample-shard.ts';

const SHARD = createShard('E-P', peopleOf('J', 3));

test.for(BAD_REQUESTS)('$what is refused with $status', async ({ status, target, method = 'GET', fields = [] }) => {
  const { url } = await serveShard(SHARD);
  const connection = await openRaw(url);

  connection.send(head(target, { method, fields: [...fields] }));
  const refused = await connection.answer();
  connection.send(head('/api/people/byFirstName/J'));
  const good = await connection.answer(2);

  expectProblem(refused, status);
  expect(refused.headers.allow).toBe(status === 405 ? 'GET, HEAD, OPTIONS' : undefined);
  expect(refused.body.length).toBeLessThan(2_500);
  expect(good.status).toBe(200);
});

test.for(['A', 'D', 'Q', 'z', '%C3%80'])(
  "letter %s of another's range is 421, which the router understands",
  async (letter) => {
    const { url } = await serveShard(SHARD);
    const answer = await request(url).get(`/api/people/byFirstName/${letter}`);
    expect(expectProblem(answer, 421).detail).toContain('this is shard E-P');
  },
);

test('OPTIONS says what is allowed, of a letter and of the server', async () => {
  const { url } = await serveShard(SHARD);
  const connection = await openRaw(url);
  connection.send(head('/api/people/byFirstName/J', { method: 'OPTIONS' }) + head('*', { method: 'OPTIONS' }));
  await connection.answer(2);
  expect(connection.answers().map(({ status, headers }) => [status, headers.allow])).toEqual([
    [204, 'GET, HEAD, OPTIONS'],
    [204, 'GET, HEAD, OPTIONS'],
  ]);
});

test('HEAD of a refusal has its headers and no body', async () => {
  const { url } = await serveShard(SHARD);
  const answer = await request(url).head('/api/people/byFirstName/AB');
  expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([
    400,
    'application/problem+json',
    undefined,
  ]);
});

test('/readyz tells who it is, and 503 when it is leaving', async () => {
  let isDraining = false;
  const { url } = await serveShard(SHARD, { isDraining: () => isDraining });
  const ready = await request(url).get('/readyz');
  isDraining = true;
  const leaving = await request(url).get('/readyz');
  const identity = { id: 'sample-1', range: 'E-P', dataset: SHARD.dataset, epoch: 1, opsUrl: null };
  expect([ready.status, ready.body, leaving.status, leaving.body]).toEqual([200, identity, 503, identity]);
});

test('no answer tells what serves it', async () => {
  const { url } = await serveShard(SHARD);
  for (const path of ['/readyz', '/nothing', '/api/people/byFirstName/J', '/api/people/byFirstName/A']) {
    const { headers } = await request(url).get(path);
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['x-powered-by']));
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['server']));
  }
});
