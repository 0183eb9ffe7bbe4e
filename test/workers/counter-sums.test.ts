import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CounterSums } from '../../runtime/workers/counter-sums.ts';

it('sums over the living and the dead', () => {
  const sums = new CounterSums();
  sums.report(1, { 'requests{status="200"}': 5, retries: 1 });
  sums.report(2, { 'requests{status="200"}': 7 });
  sums.report(1, { 'requests{status="200"}': 6, retries: 1 });
  sums.bury(1);
  sums.report(3, { 'requests{status="200"}': 10 });
  expect([...sums.totals()]).toEqual([
    ['requests{status="200"}', 23],
    ['retries', 1],
  ]);
});

it('counts a worker that never reported as nothing', () => {
  const sums = new CounterSums();
  sums.bury(1);
  expect([...sums.totals()]).toEqual([]);
});

/** A worker either counts on and reports, or dies. */
const step = fc.record({
  worker: fc.nat({ max: 4 }),
  what: fc.oneof(
    fc.record({ series: fc.constantFrom('a', 'b', 'c'), by: fc.nat({ max: 10 }) }),
    fc.constant('dies' as const),
  ),
});

it('never lets a series fall, however workers come and go, and loses nothing that was reported', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const sums = new CounterSums();
      const counted = new Map<string, number>();
      const living = new Map<number, { id: number; counters: Record<string, number> }>();
      let ids = 0;
      for (const { worker, what } of steps) {
        const own = living.get(worker) ?? { id: ++ids, counters: {} };
        if (what === 'dies') {
          sums.bury(own.id);
          living.delete(worker); // whoever comes next has a new id and counts from zero
        } else {
          living.set(worker, own);
          own.counters[what.series] = (own.counters[what.series] ?? 0) + what.by;
          counted.set(what.series, (counted.get(what.series) ?? 0) + what.by);
          sums.report(own.id, { ...own.counters });
        }
        expect(Object.fromEntries(sums.totals())).toEqual(Object.fromEntries(counted));
      }
    }),
  );
});

it('nor by the rounding of fractions that are added in another order', () => {
  const sums = new CounterSums();
  for (const [worker, cpu] of [0.1, 0.2, 0.3].entries()) sums.report(worker, { cpu });
  const before = sums.totals().get('cpu')!;
  sums.bury(2);
  sums.bury(1);
  expect(0.3 + 0.2 + 0.1).toBeLessThan(before); // as it would be added up now
  expect(sums.totals().get('cpu')).toBe(before);
});
