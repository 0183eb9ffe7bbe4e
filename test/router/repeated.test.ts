// A request asked again is answered from ready bytes, by router and shard: the same bytes as the first time, for as
// long as they are the right ones.

import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { ReadyAnswer } from '../../runtime/ready-answer.ts';
import { head, openRaw } from '../helpers/raw-http.ts';
import { openRouter } from '../helpers/router-under-test.ts';
import { createShard, peopleOf, serveShard } from '../helpers/sample-shard.ts';

const ID = '0123456789abcdef0123456789abcdef0123';
const TARGET = '/api/people/byFirstName/J?limit=50';
const readySend = vi.spyOn(ReadyAnswer.prototype, 'send');
afterEach(() => {
  readySend.mockClear();
});

/** Asks `times` times on one connection; the whole text of each answer, without its date. */
async function askAgain(url: string, request: string, times: number): Promise<readonly string[]> {
  const connection = await openRaw(url, { isHead: request.startsWith('HEAD') });
  const texts: string[] = [];
  for (let i = 1, from = 0; i <= times; i++) {
    connection.send(request);
    await connection.answer(i);
    await turn();
    const text = connection.received().slice(from);
    from += text.length;
    texts.push(text.replace(/Date: [^\r]*/, 'Date: …'));
  }
  return texts;
}

const ASKED = [
  ['a page', head(TARGET)],
  ['its head', head(TARGET, { method: 'HEAD' })],
  ['the last page', head('/api/people/byFirstName/K')],
  ['gzip', head(TARGET, { fields: ['Accept-Encoding: gzip'] })],
  ['any ETag', head(TARGET, { fields: ['If-None-Match: *'] })],
  ['another ETag', head(TARGET, { fields: ['If-None-Match: "other"'] })],
] as const;
const people = [...peopleOf('J', 120), ...peopleOf('K', 3)];

test.for(ASKED)('router, %s: the third answer is the second, without parser and response', async ([, request]) => {
  const shard = createShard('A-Z', people);
  const { url: shardUrl } = await serveShard(shard);
  const { url, counters } = await openRouter([shardUrl], { cacheMb: 1, dataset: shard.dataset });
  const [, second, third] = await askAgain(url, request, 3);
  expect(readySend).toHaveBeenCalledTimes(1);
  expect(third).toBe(second);
  expect(third).toContain('people-router; hit');
  const counted = Object.entries(counters.counts()).filter(([series]) => series.startsWith('people_requests_total'));
  expect(counted.reduce((sum, [, count]) => sum + count, 0)).toBe(3);
});

test.for(ASKED)('shard, %s: the third answer is the second, without parser and response', async ([, request]) => {
  const { url } = await serveShard(createShard('A-Z', people));
  const named = request.replace('\r\n\r\n', `\r\nX-Request-Id: ${ID}\r\n\r\n`);
  const [, second, third] = await askAgain(url, named, 3);
  expect(readySend.mock.results.at(-1)?.value).toBe(true);
  const lines = (text = ''): readonly string[] => text.split('\r\n').toSorted();
  expect(lines(third)).toEqual(lines(second));
});

test('a shard gives each request its own id', async () => {
  const { url } = await serveShard(createShard('A-Z', people));
  const ids = (await askAgain(url, head(TARGET), 4)).map((text) => /X-Request-Id: (.+)\r/.exec(text)?.[1]);
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  const short = await askAgain(url, head(TARGET, { fields: ['X-Request-Id: abc'] }), 3);
  for (const text of short) expect(text).toContain('X-Request-Id: abc\r\n');
});

test('no-cache is never answered from ready bytes by the router', async () => {
  const shard = createShard('A-Z', people);
  const { url: shardUrl } = await serveShard(shard, { workMs: 1 }); // which has a shard answer in the long way
  const { url } = await openRouter([shardUrl], { cacheMb: 1, dataset: shard.dataset });
  const answers = await askAgain(url, head(TARGET, { fields: ['Cache-Control: no-cache'] }), 4);
  for (const text of answers) expect(text).toContain('people-router; fwd=request');
  expect(readySend).not.toHaveBeenCalled();
});
