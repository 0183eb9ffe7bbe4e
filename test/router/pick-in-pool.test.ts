// Who of a pool may get a request, and what a pool remembers of its instances while tables come and go.

import { describe, expect, it } from 'vitest';
import { LETTERS } from '../../people/letter.ts';
import { parseRange } from '../../people/range.ts';
import { type Member, Pool } from '../../router/pool/pool.ts';
import { Pools } from '../../router/pool/pools.ts';
import type { InstanceView } from '../../router/table/members.ts';

const LIMITS = { maxInFlight: 256, maxQueue: 256, targetMs: 500 };

/** An instance that has been available for a minute, but for what is changed. */
function view(id: string, changes: Partial<InstanceView> = {}): InstanceView {
  return {
    ...{ id, range: parseRange('A-D'), dataset: 'd1', epoch: 1, url: `http://${id}.example:1`, opsUrl: null },
    ...{ health: 'available' as const, availableForMs: 60_000 },
    ...changes,
  };
}

function poolOf(...instances: readonly InstanceView[]): Pool {
  const pool = new Pool(parseRange('A-D'), LIMITS);
  pool.update(instances, 0);
  return pool;
}

const NOBODY: ReadonlySet<Member> = new Set();

/** Ids of whom a pool picks, in a hundred picks, each at once finished. */
function pickedBy(pool: Pool, nowMs = 0, tried = NOBODY): string[] {
  const ids = Array.from({ length: 100 }, () => pool.pick(tried, nowMs)?.id ?? 'nobody');
  return [...new Set(ids)].sort();
}

const memberOf = (pool: Pool, id: string): Member => pool.members.find((member) => member.id === id)!;

function eject(pool: Pool, id: string, nowMs: number): void {
  for (let i = 0; i < 5; i++) pool.failed(memberOf(pool, id), nowMs);
}

describe('a pool picks', () => {
  it('nobody where there is nobody', () => {
    expect(pickedBy(poolOf())).toEqual(['nobody']);
  });

  it.each(['starting', 'down', 'draining'] as const)('nobody who is %s', (health) => {
    expect(pickedBy(poolOf(view('a'), view('b', { health })))).toEqual(['a']);
    expect(pickedBy(poolOf(view('b', { health })))).toEqual(['nobody']);
  });

  it('nobody who refused a connection, until there is news', () => {
    const pool = poolOf(view('a'), view('b'));
    memberOf(pool, 'a').isSuspect = true;
    expect([pickedBy(pool), pool.hasSuspect]).toEqual([['b'], true]);
    pool.update([view('a'), view('b')], 0);
    expect([pickedBy(pool), pool.hasSuspect]).toEqual([['a', 'b'], false]);
  });

  it('who was not tried yet, and who was when there is nobody else', () => {
    const pool = poolOf(view('a'), view('b'));
    const [a, b] = pool.members;
    expect(pickedBy(pool, 0, new Set([a!]))).toEqual(['b']);
    expect(pickedBy(pool, 0, new Set([a!, b!]))).toEqual(['a', 'b']);
  });

  it('nobody who is ejected, and them again when that is over', () => {
    const pool = poolOf(view('a'), view('b'));
    eject(pool, 'a', 0);
    expect(pickedBy(pool, 4_999)).toEqual(['b']);
    expect(pickedBy(pool, 5_000)).toEqual(['a', 'b']);
  });

  it('the last one available, however it fails', () => {
    const pool = poolOf(view('a'), view('b'), view('c', { health: 'down' }));
    eject(pool, 'a', 0);
    eject(pool, 'b', 0);
    expect(pickedBy(pool, 1)).toEqual(['b']);
  });
});

describe('an ejection', () => {
  it('ends when all others have gone', () => {
    const pool = poolOf(view('a'), view('b'));
    eject(pool, 'a', 0);
    pool.update([view('a'), view('b', { health: 'down' })], 1);
    expect(pickedBy(pool, 1)).toEqual(['a']);
  });

  it('ends while the only other refuses connections', () => {
    const pool = poolOf(view('a'), view('b'));
    eject(pool, 'a', 0);
    memberOf(pool, 'b').isSuspect = true;
    expect(pickedBy(pool, 1)).toEqual(['a']);
  });

  it('is in force again when another is back', () => {
    const pool = poolOf(view('a'), view('b'));
    eject(pool, 'a', 0);
    pool.update([view('a')], 1);
    pool.update([view('a'), view('b')], 2);
    expect(pickedBy(pool, 2)).toEqual(['b']);
  });
});

describe('the share of a quiet pool', () => {
  /** The part of 10,000 picks, each at once finished, that an instance gets. */
  const shareOf = (pool: Pool, id: string, nowMs: number): number =>
    Array.from({ length: 10_000 }).filter(() => pool.pick(NOBODY, nowMs)!.id === id).length / 10_000;

  it.each([
    ['at first', 0, 0.1 / 1.1],
    ['after a second', 1_000, 0.19 / 1.19],
    ['after five seconds', 5_000, 0.55 / 1.55],
    ['after ten seconds', 10_000, 0.5],
  ])('of who is new: %s', (_, ms, share) => {
    const pool = poolOf(view('a'), view('b', { availableForMs: 0 }));
    expect(shareOf(pool, 'b', ms)).toBeCloseTo(share, 1);
  });

  it.each([
    ['at first', 0, 0.1 / 1.1],
    ['after five seconds', 5_000, 0.55 / 1.55],
    ['after ten seconds', 10_000, 0.5],
  ])('of who is back from an ejection: %s', (_, ms, share) => {
    const pool = poolOf(view('a'), view('b'));
    eject(pool, 'b', 0);
    expect(shareOf(pool, 'b', 5_000 + ms)).toBeCloseTo(share, 1);
  });

  it('is even where a router has just started, among those who are not new', () => {
    const pool = poolOf(view('a', { availableForMs: 20_000 }), view('b', { availableForMs: 90_000 }));
    expect(shareOf(pool, 'b', 0)).toBeCloseTo(0.5, 1);
  });
});

describe('an instance that stays', () => {
  it('keeps its requests under way, its failures and its ejection when the table is replaced', () => {
    const pool = poolOf(view('a'), view('b'));
    const before = memberOf(pool, 'a');
    before.inFlight = 7;
    eject(pool, 'a', 0);
    pool.update([view('b'), view('a', { dataset: 'd2' }), view('c')], 1);
    expect(memberOf(pool, 'a')).toBe(before);
    expect([memberOf(pool, 'a').inFlight, pickedBy(pool, 1)]).toEqual([7, ['b', 'c']]);
  });

  it('starts anew when it had left', () => {
    const pool = poolOf(view('a'), view('b'));
    eject(pool, 'a', 0);
    pool.update([view('b')], 1);
    pool.update([view('a'), view('b')], 2);
    expect(pickedBy(pool, 2)).toEqual(['a', 'b']);
  });
});

describe('news of a pool', () => {
  it('reaches all who wait for it, once', async () => {
    const pool = poolOf(view('a'));
    const waiting = Promise.all([pool.news(60_000), pool.news(60_000)]);
    pool.update([view('a')]);
    await waiting;
  });

  it('is not waited for longer than that', async () => {
    await poolOf(view('a')).news(1);
  });
});

describe('the pools of a router', () => {
  const layout = ['A-D', 'E-P', 'Q-Z'].map((range) => view(range.toLowerCase(), { range: parseRange(range) }));
  const poolsOf = (...tables: readonly InstanceView[][]): Pools => {
    const pools = new Pools(LIMITS);
    for (const instances of tables) pools.update(instances);
    return pools;
  };
  /** The pool of each letter, as runs, with `!` where it has nobody. */
  const owners = (pools: Pools): string => {
    const names = LETTERS.map((letter) => {
      const pool = pools.poolOf(letter);
      return pool ? `${pool.range}${pool.members.length === 0 ? '!' : ''}` : '-';
    });
    return names.filter((name, i) => name !== names[i - 1]).join(' ');
  };

  it.each<[what: string, tables: InstanceView[][], owners: string]>([
    ['nobody, at first', [], '-'],
    ['one each', [layout], 'A-D E-P Q-Z'],
    ['an empty one, where the last instance left', [layout, layout.slice(1)], 'A-D! E-P Q-Z'],
    ['an empty one each, where all left', [layout, []], 'A-D! E-P! Q-Z!'],
    ['the same as before, where somebody is back', [layout, [], layout], 'A-D E-P Q-Z'],
    [
      'the halves of a split',
      [
        layout,
        [
          ...layout,
          view('x', { range: parseRange('E-J'), epoch: 2 }),
          view('y', { range: parseRange('K-P'), epoch: 2 }),
        ],
      ],
      'A-D E-J K-P Q-Z',
    ],
    [
      'the whole again, where one half left and the whole is still there',
      [
        layout,
        [
          ...layout,
          view('x', { range: parseRange('E-J'), epoch: 2 }),
          view('y', { range: parseRange('K-P'), epoch: 2 }),
        ],
        [...layout, view('x', { range: parseRange('E-J'), epoch: 2 })],
      ],
      'A-D E-J E-P Q-Z',
    ],
    [
      'the whole as before, while a half has not yet answered',
      [layout, [...layout, view('x', { range: parseRange('E-J'), epoch: 2, health: 'starting' })]],
      'A-D E-P Q-Z',
    ],
    [
      'the whole as before, when a half never answers',
      [layout, [...layout, view('x', { range: parseRange('E-J'), epoch: 2, health: 'down' })]],
      'A-D E-P Q-Z',
    ],
    [
      'the half that has answered once, also when it is down',
      [
        layout,
        [...layout, view('x', { range: parseRange('E-J'), epoch: 2 })],
        [...layout, view('x', { range: parseRange('E-J'), epoch: 2, health: 'down' })],
      ],
      'A-D E-J E-P Q-Z',
    ],
    ['who has not yet answered, where there is nobody else', [[view('x', { health: 'starting' })]], 'A-D -'],
    [
      'what it was, where the new table cannot be',
      [layout, [...layout, view('x', { range: parseRange('D-F') })]],
      'A-D E-P Q-Z',
    ],
  ])('have %s', (_, tables, expected) => {
    expect(owners(poolsOf(...tables))).toBe(expected);
  });

  it('say why a table cannot be', () => {
    const pools = poolsOf(layout);
    expect(pools.update([...layout, view('x', { range: parseRange('D-F') })])).toBe(
      'ranges A-D and D-F of epoch 1 overlap',
    );
    expect(pools.update(layout)).toBeNull();
  });

  it('keep what is under way, also through a time without instances', () => {
    const pools = poolsOf(layout);
    const [before] = pools.all;
    before!.pages.tryEnter();
    pools.update([]);
    pools.update(layout);
    expect(pools.poolOf(LETTERS[0]!)).toBe(before);
    expect(before!.pages.inFlight).toBe(1);
  });

  it('keep the dataset of an empty one: what is kept of it is still right', () => {
    const pools = poolsOf(layout, []);
    expect(pools.poolOf(LETTERS[0]!)!.dataset).toBe('d1');
  });
});
