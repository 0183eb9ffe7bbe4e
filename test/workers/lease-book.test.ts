import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Announcement, LEASE_MS } from '../../registry/announcement.ts';
import { LeaseBook } from '../../registry/lease-book.ts';
import { announcement } from '../registry/announcements.ts';

describe('what changes for those who watch', () => {
  const rows: readonly (readonly [string, Partial<Announcement>, boolean])[] = [
    ['the same again: nothing', {}, false],
    ['another dataset', { dataset: 'd2' }, true],
    ['another epoch', { epoch: 2 }, true],
    ['another address', { url: 'http://127.0.0.1:4002' }, true],
    ['another ops port', { opsUrl: null }, true],
    ['another instance', { id: 'a-d-2' }, true],
  ];
  it.each(rows)('%s', (_, facts, hasChanged) => {
    const book = new LeaseBook();
    expect(book.announce(announcement(), 0)).toBe(true);
    const { index } = book;
    expect(book.announce(announcement(facts), 1)).toBe(hasChanged);
    expect(book.index > index).toBe(hasChanged);
    expect(book.list()).toContainEqual(announcement(facts));
  });
});

describe('a lease', () => {
  it('ends when it was not renewed in time', () => {
    const book = new LeaseBook();
    book.announce(announcement(), 0);
    expect([book.expire(LEASE_MS - 1), book.list().length]).toEqual([false, 1]);
    expect([book.expire(LEASE_MS), book.list().length]).toEqual([true, 0]);
  });

  it('goes on from each renewal', () => {
    const book = new LeaseBook();
    for (const nowMs of [0, 4_000, 8_000]) book.announce(announcement(), nowMs);
    expect(book.expire(8_000 + LEASE_MS - 1)).toBe(false);
    expect(book.expire(8_000 + LEASE_MS)).toBe(true);
  });

  it('can be given back, once', () => {
    const book = new LeaseBook();
    book.announce(announcement(), 0);
    expect([book.withdraw('a-d-1'), book.withdraw('a-d-1'), book.withdraw('nobody')]).toEqual([true, false, false]);
    expect(book.list()).toEqual([]);
  });
});

const order = fc.oneof(
  fc.record({ kind: fc.constant('announce' as const), id: fc.constantFrom('a', 'b', 'c'), epoch: fc.nat({ max: 2 }) }),
  fc.record({ kind: fc.constant('withdraw' as const), id: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: LEASE_MS }) }),
);

it('knows exactly those whose lease runs, and its index grows exactly when that changes', () => {
  fc.assert(
    fc.property(fc.array(order, { maxLength: 40 }), (orders) => {
      const book = new LeaseBook();
      const model = new Map<string, { readonly epoch: number; readonly until: number }>();
      let nowMs = 0;
      for (const step of orders) {
        const before = { index: book.index, list: JSON.stringify(book.list()) };
        if (step.kind === 'announce') {
          book.announce(announcement(step), nowMs);
          model.set(step.id, { epoch: step.epoch, until: nowMs + LEASE_MS });
        } else if (step.kind === 'withdraw') {
          book.withdraw(step.id);
          model.delete(step.id);
        } else {
          nowMs += step.ms;
          book.expire(nowMs);
          for (const [id, { until }] of model) if (until <= nowMs) model.delete(id);
        }
        expect(book.list().map(({ id, epoch }) => [id, epoch])).toEqual(
          [...model].map(([id, { epoch }]) => [id, epoch]).sort(),
        );
        expect(book.index > before.index).toBe(JSON.stringify(book.list()) !== before.list);
      }
    }),
  );
});
