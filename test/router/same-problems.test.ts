// Router and shard refuse the same requests with the same problem, but for its requestId.

import { expect, test } from 'vitest';
import { BAD_REQUESTS } from '../helpers/bad-requests.ts';
import { exchange, head, type RawAnswer } from '../helpers/raw-http.ts';
import { openRouter } from '../helpers/router-under-test.ts';
import { createShard, peopleOf, serveShard } from '../helpers/sample-shard.ts';

function withoutId({ status, headers, body }: RawAnswer): unknown {
  const { date: _, 'x-request-id': __, ...kept } = headers;
  return [status, kept, body.toString().replace(/"requestId":"[^"]+"/, '')];
}

test('every bad request gets one problem, from router and shard alike', async () => {
  const { url: shard } = await serveShard(createShard('A-Z', peopleOf('J', 3)));
  const { url: router } = await openRouter([shard]);
  for (const { what, target, method = 'GET', fields = [] } of BAD_REQUESTS) {
    const bytes = head(target, { method, fields: [...fields, 'Connection: close'] });
    const [[fromShard], [fromRouter]] = await Promise.all([exchange(shard, bytes), exchange(router, bytes)]);
    expect(withoutId(fromRouter!), what).toEqual(withoutId(fromShard!));
  }
});

test('what only a shard has is not there at the router', async () => {
  const { url: shard } = await serveShard(createShard('A-Z', []));
  const { url } = await openRouter([shard]);
  const [answer] = await exchange(url, head('/readyz', { fields: ['Connection: close'] }));
  expect(answer?.status).toBe(404);
});
