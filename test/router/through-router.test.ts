// A client sees the same through the router as at the shard: bytes, validators, walk.

import { expect, test } from 'vitest';
import { walkLetter } from '../helpers/people-api.ts';
import { exchange, head, type RawAnswer } from '../helpers/raw-http.ts';
import { openRouter } from '../helpers/router-under-test.ts';
import { createShard, peopleOf, serveShard } from '../helpers/sample-shard.ts';

const SHARD = createShard('A-Z', peopleOf('J', 250));

function shared({ status, headers, body }: RawAnswer): unknown {
  const { date: _, 'cache-status': __, 'x-request-id': ___, ...kept } = headers;
  return [status, kept, body.toString('latin1')];
}

test.for<[string, string[]]>([
  ['J', []],
  ['J?limit=7', []],
  ['j', ['Accept-Encoding: br']],
  ['J', ['Accept-Encoding: gzip']],
  ['J', ['If-None-Match: *']],
  ['J', ['Accept: application/x-ndjson']],
  ['J?limit=7', ['Accept: application/x-ndjson']],
  ['%C3%96', []],
  ['%C3%96', ['Accept: application/x-ndjson']],
])('GET and HEAD of %s with %s', async ([rest, fields]) => {
  const { url: shard } = await serveShard(SHARD);
  const { url: router } = await openRouter([shard]);
  for (const method of ['GET', 'HEAD']) {
    const bytes = head(`/api/people/byFirstName/${rest}`, { method, fields: [...fields, 'Connection: close'] });
    const [atShard, atRouter] = await Promise.all([shard, router].map((url) => exchange(url, bytes)));
    expect(shared(atRouter![0]!)).toEqual(shared(atShard![0]!));
  }
});

test.for([1, 99, 100, 1000])('a walk of %i a page', async (limit) => {
  const { url: shard } = await serveShard(SHARD);
  const { url } = await openRouter([shard]);
  const pages = await walkLetter(url, 'J', limit);
  expect(pages.flatMap(({ people }) => people)).toEqual(peopleOf('J', 250));
});
