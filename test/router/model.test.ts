// Whatever comes, goes, crashes, hangs, lies, reloads or changes its range, in whatever order: nobody but a letter's owner
// answers, nobody is told 503 while somebody could answer, and nobody has more to do than was let in.

import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LETTERS } from '../../people/letter.ts';
import { parseRange, type Range, rangeHolds } from '../../people/range.ts';
import { seededRandom } from '../helpers/seeded-random.ts';
import { type Condition, type Instance, misplacedLetters, World } from './model-world.ts';

vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
}));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Ranges with the epoch of their layout: E-P is split in the second. */
const RANGES = [
  ['A-D', 1],
  ['E-P', 1],
  ['Q-Z', 1],
  ['E-I', 2],
  ['J-P', 2],
] as const;
/** So many instances of a range, at most: each of them, and no more, can be tried for a request. */
const MOST = 3;

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      letter: fc.nat(25),
      times: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 20, 300, 1_200, 6_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('join' as const),
      range: fc.nat(RANGES.length - 1),
      condition: fc.constantFrom<Condition[]>('well', 'well', 'well', 'crashed', 'hung'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('turn' as const),
      who: fc.nat(),
      condition: fc.constantFrom<Condition[]>('well', 'well', 'hung', 'crashed', 'lying'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), who: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('reload' as const),
      who: fc.nat(),
      dataset: fc.constantFrom('d1', 'd2', 'd3'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('become' as const), who: fc.nat(), range: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'forget' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'remember' as const }) },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Whether one more instance may be of a range; takes the place. */
function mayBe(world: World, range: Range): boolean {
  const taken = world.seats.get(range) ?? 0;
  if (taken < MOST) world.seats.set(range, taken + 1);
  return taken < MOST;
}

function join(world: World, [text, epoch]: (typeof RANGES)[number], condition: Condition = 'well'): void {
  const range = parseRange(text);
  if (mayBe(world, range)) world.join(range, epoch, condition);
}

/** Starts an instance anew where another was, for another range: the registry does not know for a moment. */
function become(world: World, instance: Instance, range: Range): void {
  if (instance.range === range || !mayBe(world, range)) return;
  instance.disturbedAt = performance.now();
  instance.range = range;
  setTimeout(() => world.announce(), 100);
}

/** Withdraws an instance, which serves on for a moment and then ends. */
function leave(world: World, instance: Instance): void {
  instance.isAnnounced = false;
  world.turn(instance, 'draining');
  world.announce();
  setTimeout(() => world.turn(instance, 'crashed'), 500);
}

async function take(world: World, one: Step): Promise<void> {
  const present = world.instances.filter(({ condition }) => condition !== 'draining');
  const instance = 'who' in one && present.length > 0 ? present[one.who % present.length]! : undefined;
  switch (one.kind) {
    case 'ask':
      for (let i = 0; i < one.times; i++) world.ask(LETTERS[one.letter]!);
      break;
    case 'pass':
      await vi.advanceTimersByTimeAsync(one.ms);
      break;
    case 'join':
      join(world, RANGES[one.range]!, one.condition);
      break;
    case 'turn':
      if (instance?.isAnnounced) world.turn(instance, one.condition);
      break;
    case 'leave':
      if (instance?.isAnnounced) leave(world, instance);
      break;
    case 'reload':
      if (instance) instance.dataset = one.dataset;
      world.announce();
      break;
    case 'become':
      if (instance?.isAnnounced && instance.epoch === 1) become(world, instance, parseRange(RANGES[one.range]![0]));
      break;
    case 'forget':
      world.forget();
      break;
    case 'remember':
      world.announce();
  }
  await vi.advanceTimersByTimeAsync(0);
  expect(misplacedLetters(world)).toEqual([]);
}

it('never has a wrong answer or a lost request', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }),
      fc.integer(),
      async (steps, seed) => {
        vi.spyOn(Math, 'random').mockImplementation(seededRandom(seed));
        const world = new World({ maxInFlight: 256, maxQueue: 256, targetMs: 500 });
        for (const range of RANGES.slice(0, 3)) join(world, range);
        await vi.advanceTimersByTimeAsync(10);
        for (const one of steps) await take(world, one);
        await world.close();
        for (const { letter, status, shard, detail, witnesses } of world.results) {
          if (shard !== null) expect(rangeHolds(shard, letter)).toBe(true);
          const lost = status === 200 ? [] : witnesses.map(({ id }) => `${letter}: ${status} ${detail} with ${id}`);
          expect(lost).toEqual([]);
        }
        expect(world.leftovers()).toEqual([]);
      },
    ),
  );
});

const burst = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      letter: fc.nat(25),
      times: fc.integer({ min: 1, max: 30 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('go away' as const), share: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 20, 300, 1_200) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('turn' as const),
      who: fc.nat(),
      condition: fc.constantFrom<Condition[]>('well', 'hung', 'crashed', 'lying'),
    }),
  },
);

it('never has more under way than it let in, and forgets nothing, also of clients that leave', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.nat(20),
      fc.array(burst, { minLength: 10, maxLength: 40, size: 'max' }),
      async (maxInFlight, maxQueue, steps) => {
        const world = new World({ maxInFlight, maxQueue, targetMs: 500 });
        for (const range of [...RANGES.slice(0, 3), ...RANGES.slice(0, 3)]) join(world, range);
        await vi.advanceTimersByTimeAsync(10);
        let clients: (() => void)[] = [];
        for (const one of steps) {
          if (one.kind === 'ask') {
            for (let i = 0; i < one.times; i++) clients.push(world.ask(LETTERS[one.letter]!));
          } else if (one.kind === 'go away') {
            for (const [i, leave] of clients.entries()) if (i % one.share === 0) leave();
            clients = clients.filter((_, i) => i % one.share !== 0);
          } else await take(world, one);
          await vi.advanceTimersByTimeAsync(0);
          for (const { pages } of world.pools.all) expect(pages.inFlight).toBeLessThanOrEqual(maxInFlight);
        }
        await world.close();
        for (const most of world.mostUnderWay.values()) expect(most).toBeLessThanOrEqual(maxInFlight);
        for (const { status } of world.results) expect([200, 502, 503, 504]).toContain(status);
        expect(world.leftovers()).toEqual([]);
      },
    ),
  );
});
