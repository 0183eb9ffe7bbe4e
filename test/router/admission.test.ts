import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Admission, type Waiting } from '../../router/pool/admission.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const createAdmission = (max: number, maxQueue = 100): Admission =>
  new Admission({ max, maxQueue, targetMs: 500, waitMs: 1_000 });

/** An admission that has let in as many as it may. */
function full(max: number, maxQueue = 100): Admission {
  const admission = createAdmission(max, maxQueue);
  for (let i = 0; i < max; i++) expect(admission.tryEnter()).toBe(true);
  expect(admission.tryEnter()).toBe(false);
  return admission;
}

/** Queues so many; `outcomes` tells, in order, who was admitted (`1 in`) and who was not (`2 out`). */
function queue(admission: Admission, count: number): { places: readonly Waiting[]; outcomes: readonly string[] } {
  const outcomes: string[] = [];
  const places = Array.from({ length: count }, (_, i) => {
    const place = admission.wait()!;
    void place.admitted.then((isIn) => outcomes.push(`${i + 1} ${isIn ? 'in' : 'out'}`));
    return place;
  });
  return { places, outcomes };
}

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe('a place that becomes free', () => {
  it('goes to who has waited longest', async () => {
    const admission = full(2);
    const { outcomes } = queue(admission, 3);
    admission.leave();
    await settle();
    expect(outcomes).toEqual(['1 in']);
    admission.leave();
    await settle();
    expect([outcomes, admission.inFlight, admission.queued]).toEqual([['1 in', '2 in'], 2, 1]);
  });

  it('is not for who comes while others wait', async () => {
    const admission = full(1);
    const { outcomes } = queue(admission, 1);
    admission.leave();
    expect(admission.tryEnter()).toBe(false);
    await settle();
    expect(outcomes).toEqual(['1 in']);
  });

  it('is for anybody when nobody waits', () => {
    const admission = full(1);
    admission.leave();
    expect(admission.tryEnter()).toBe(true);
  });

  it('is passed over to the next by who gave up', async () => {
    const admission = full(1);
    const { places, outcomes } = queue(admission, 2);
    places[0]!.giveUp();
    admission.leave();
    await settle();
    expect(outcomes).toEqual(['1 out', '2 in']);
  });
});

describe('the queue', () => {
  it('takes no more than it may hold', () => {
    const admission = full(1, 2);
    queue(admission, 2);
    expect(admission.wait()).toBeNull();
  });

  it('has room again when somebody left it', async () => {
    const admission = full(1, 1);
    const { places } = queue(admission, 1);
    places[0]!.giveUp();
    expect(admission.wait()).not.toBeNull();
  });

  it('of no places takes nobody', () => {
    expect(full(1, 0).wait()).toBeNull();
  });

  it('keeps nobody longer than the longest wait', async () => {
    const admission = full(1);
    const { outcomes } = queue(admission, 2);
    await vi.advanceTimersByTimeAsync(999);
    expect([outcomes, admission.queued]).toEqual([[], 2]);
    await vi.advanceTimersByTimeAsync(1);
    expect([outcomes, admission.queued]).toEqual([['1 out', '2 out'], 0]);
  });

  it('lets in until the last moment', async () => {
    const admission = full(1);
    const { outcomes } = queue(admission, 1);
    await vi.advanceTimersByTimeAsync(999);
    admission.leave();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(outcomes).toEqual(['1 in']);
  });
});

describe('giving up', () => {
  it('comes too late for who is in: they leave like all others', async () => {
    const admission = full(1);
    const { places, outcomes } = queue(admission, 1);
    admission.leave();
    places[0]!.giveUp();
    places[0]!.giveUp();
    await settle();
    expect([outcomes, admission.inFlight]).toEqual([['1 in'], 1]);
  });

  it('twice is giving up once', async () => {
    const admission = full(1);
    const { places, outcomes } = queue(admission, 1);
    places[0]!.giveUp();
    places[0]!.giveUp();
    await vi.advanceTimersByTimeAsync(2_000);
    expect([outcomes, admission.inFlight, admission.queued]).toEqual([['1 out'], 1, 0]);
  });

  it('leaves no timer behind, nor does getting in', async () => {
    const admission = full(1);
    const { places } = queue(admission, 2);
    places[1]!.giveUp();
    admission.leave();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a limit that', () => {
  it('shrank lets nobody in until there are fewer, and all of them leave', async () => {
    const admission = full(20);
    const { outcomes } = queue(admission, 1);
    admission.learn(2_000, true);
    expect(admission.limit).toBe(16);
    for (let i = 0; i < 4; i++) admission.leave();
    await settle();
    expect([outcomes, admission.inFlight]).toEqual([[], 16]);
    admission.leave();
    await settle();
    expect([outcomes, admission.inFlight]).toEqual([['1 in'], 16]);
  });

  it('grew lets in as many as there is room for', async () => {
    const admission = createAdmission(64);
    for (let i = 0; i < 32; i++) admission.tryEnter();
    const { outcomes } = queue(admission, 8);
    for (let i = 0; i < 2; i++) admission.learn(10, false);
    admission.leave();
    await settle();
    expect([admission.limit, admission.inFlight, outcomes]).toEqual([34, 34, ['1 in', '2 in', '3 in']]);
  });
});

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'come' as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('leave' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('give up' as const), who: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('learn' as const),
      latencyMs: fc.nat({ max: 1_000 }),
      isTimeout: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat({ max: 700 }) }) },
);

it('lets in by turns, never more than the limit, and forgets nobody, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.nat({ max: 10 }),
      fc.array(step, { maxLength: 150 }),
      async (max, maxQueue, steps) => {
        const admission = createAdmission(max, maxQueue);
        const waiting: { readonly place: Waiting; readonly since: number; isIn: boolean | null }[] = [];
        let inside = 0;
        for (const one of steps) {
          const before = admission.inFlight;
          if (one.kind === 'come') {
            if (admission.tryEnter()) inside++;
            else {
              const place = admission.wait();
              expect(place === null).toBe(waiting.filter(({ isIn }) => isIn === null).length >= maxQueue);
              if (place) {
                const waiter = { place, since: performance.now(), isIn: null as boolean | null };
                waiting.push(waiter);
                void place.admitted.then((isIn) => {
                  waiter.isIn = isIn;
                  if (isIn) inside++;
                });
              }
            }
          } else if (one.kind === 'leave' && inside > 0) {
            inside--;
            admission.leave();
          } else if (one.kind === 'give up' && waiting.length > 0) {
            waiting[one.who % waiting.length]!.place.giveUp();
          } else if (one.kind === 'learn') admission.learn(one.latencyMs, one.isTimeout);
          await vi.advanceTimersByTimeAsync(one.kind === 'pass' ? one.ms : 0);

          const stillWaiting = waiting.filter(({ isIn }) => isIn === null);
          expect(admission.inFlight).toBe(inside);
          expect(admission.queued).toBe(stillWaiting.length);
          expect(admission.limit).toBeGreaterThanOrEqual(Math.min(4, max));
          expect(admission.limit).toBeLessThanOrEqual(max);
          if (admission.inFlight > before) expect(admission.inFlight).toBeLessThanOrEqual(admission.limit);
          for (const { since } of stillWaiting) expect(performance.now() - since).toBeLessThan(1_000);
          const lastIn = waiting.findLastIndex(({ isIn }) => isIn === true);
          expect(waiting.slice(0, Math.max(0, lastIn)).every(({ isIn }) => isIn !== null)).toBe(true);
        }
        for (const { place } of waiting) place.giveUp();
        await settle();
        expect(vi.getTimerCount()).toBe(0);
      },
    ),
  );
});
