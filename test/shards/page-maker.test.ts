import { expect, test } from 'vitest';
import { encodeCursor } from '../../people/cursor.ts';
import type { PageQuery } from '../../people/page-request.ts';
import { PageMaker } from '../../shards/page-maker.ts';
import { createShard, peopleOf } from '../helpers/sample-shard.ts';

test('pages of long cursors do not fill it to a multiple of its size', () => {
  const maker = new PageMaker(createShard('J', peopleOf('J', 3)), []);
  const queries = Array.from({ length: 3_000 }, (_, i): PageQuery => {
    const after = { firstName: 'J', lastName: 'x'.repeat(5_000), id: String(i) };
    return { letter: 'J' as PageQuery['letter'], limit: null, cursor: { token: encodeCursor(after), after } };
  });
  for (const query of queries) void maker.page(query, 'identity');
  const kept = queries.filter((query) => maker.kept(query, 'identity'));
  const bytes = kept.reduce((sum, { cursor }) => sum + cursor!.token.length, 0);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(16 * 1024 * 1024);
});
