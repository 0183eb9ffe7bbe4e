import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPage, type Page } from '../../people/page.ts';
import { PageCache } from '../../router/answer/page-cache.ts';

const MB = 1024 * 1024;
const HIT = ['Cache-Status', 'people-router; hit'];
const BYTES = Buffer.alloc(2 * MB, 'x');

function page(bytes: number, { dataset = 'd1', next = null as string | null, hash = 'abc', shard = 'A-D' } = {}): Page {
  return createPage({ hash, encoding: 'identity', next, shard, dataset }, BYTES.subarray(0, bytes));
}

describe('a cache', () => {
  it('gives back what it was given, with the headers of a hit', () => {
    const cache = new PageCache(1, HIT);
    const kept = page(100);
    expect(cache.set('key', kept)).toBe(true);
    expect(cache.get('key')).toMatchObject({ etag: kept.etag, body: kept.body });
    expect(cache.get('key')!.headers).toEqual([...kept.headers, ...HIT]);
    expect(cache.get('key')!.bareHeaders).toEqual([...kept.bareHeaders, ...HIT]);
  });

  it('knows nothing of other keys', () => {
    const cache = new PageCache(1, HIT);
    cache.set('key', page(100));
    expect(cache.get('another')).toBeUndefined();
  });

  it('takes a page that has changed, and need not take one that has not', () => {
    const cache = new PageCache(1, HIT);
    cache.set('key', page(100));
    const first = cache.get('key');
    expect([cache.set('key', page(100)), cache.get('key') === first]).toEqual([true, true]);
    expect(cache.set('key', page(200, { hash: 'def' }))).toBe(true);
    expect(cache.get('key')!.body.length).toBe(200);
  });

  it('takes an equal page that another range serves now', () => {
    const cache = new PageCache(1, HIT);
    cache.set('key', page(100));
    cache.set('key', page(100, { shard: 'A-B' }));
    expect(cache.get('key')).toMatchObject({ shard: 'A-B' });
  });

  it('of 0 MB is off: it keeps nothing', () => {
    const cache = new PageCache(0, HIT);
    expect([cache.isOn, cache.set('key', page(1)), cache.get('key'), cache.bytes]).toEqual([
      false,
      false,
      undefined,
      0,
    ]);
  });

  it('does not take what is larger than itself, and forgets nothing for it', () => {
    const cache = new PageCache(1, HIT);
    cache.set('small', page(100));
    expect(cache.set('large', page(MB))).toBe(false);
    expect([cache.get('large'), cache.get('small') !== undefined]).toEqual([undefined, true]);
  });

  it('forgets first what was not asked for', () => {
    const cache = new PageCache(1, HIT);
    const third = page(MB / 3 - 4_096);
    for (const key of ['a', 'b', 'c']) cache.set(key, third);
    cache.get('a');
    cache.set('d', third);
    expect(['a', 'b', 'c', 'd'].filter((key) => cache.get(key))).toEqual(['a', 'c', 'd']);
  });
});

const entry = fc.record({
  key: fc.nat({ max: 30 }),
  keyLength: fc.constantFrom(10, 500, 8_000),
  bytes: fc.constantFrom(0, 60, 20_000, 300_000, 2 * MB),
  hash: fc.constantFrom('a', 'b'),
});

it('holds no more bytes than it may, keys and links included, whatever it is given', () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 50, maxLength: 400 }), (entries) => {
      const cache = new PageCache(1, HIT);
      const given = new Set<string>();
      for (const { key, keyLength, bytes, hash } of entries) {
        const text = String(key).padEnd(keyLength);
        given.add(text);
        cache.set(text, page(bytes, { hash, next: text }));
      }
      let held = 0;
      for (const key of given) {
        const kept = cache.get(key);
        if (kept) held += key.length + kept.body.length + kept.headers.join('').length;
      }
      expect(held).toBeLessThanOrEqual(cache.bytes);
      expect(cache.bytes).toBeLessThanOrEqual(MB);
    }),
  );
});

it('is not filled by long cursors to a multiple of its size', () => {
  const cache = new PageCache(1, HIT);
  const keys = Array.from({ length: 1_000 }, (_, i) => `J 100 ${String(i).padEnd(7_000)}`);
  for (const key of keys) cache.set(key, page(60));
  const held = keys.filter((key) => cache.get(key)).reduce((sum, key) => sum + key.length, 0);
  expect(held).toBeLessThanOrEqual(MB);
});
