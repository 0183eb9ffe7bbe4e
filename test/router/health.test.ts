import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  afterProbe,
  afterSuccess,
  type Ejection,
  type Health,
  isEjected,
  NEVER_EJECTED,
  NEW_INSTANCE,
  probeIntervalMs,
  rampWeight,
} from '../../router/table/health.ts';
import type { ProbeResult } from '../../router/table/probe.ts';

type Result = ProbeResult['kind'];

const RESULTS: Readonly<Record<string, Result>> = { '+': 'ready', '-': 'failed', d: 'draining' };

/** The health after probes a second apart: `+` is an answer, `-` a failure, `d` says that it is draining. */
function healthAfter(probes: string, from: Health = NEW_INSTANCE): Health {
  return [...probes].reduce((health, probe, i) => afterProbe(health, RESULTS[probe]!, (i + 1) * 1_000), from);
}

describe('after these probes', () => {
  it.each<[probes: string, kind: Health['kind']]>([
    ['', 'starting'],
    ['+', 'available'],
    ['-', 'starting'],
    ['--', 'starting'],
    ['---', 'down'],
    ['--+', 'available'],
    ['+--', 'available'],
    ['+---', 'down'],
    ['+--+--', 'available'],
    ['+--+---', 'down'],
    ['---+', 'down'],
    ['---++', 'available'],
    ['---+-+', 'down'],
    ['---+-++', 'available'],
    ['d', 'draining'],
    ['+d', 'draining'],
    ['---d', 'draining'],
    ['d+', 'available'],
    ['d-', 'down'],
    ['d-+', 'down'],
    ['+d-++', 'available'],
  ])('%j, an instance is %s', (probes, kind) => {
    expect(healthAfter(probes).kind).toBe(kind);
  });

  it.each([
    ['+', 1_000],
    ['+++', 1_000],
    ['+-+', 1_000],
    ['+---++', 6_000],
    ['+++d+', 5_000],
  ])('%j, it has been available since %i ms', (probes, availableSince) => {
    expect(healthAfter(probes)).toEqual({ kind: 'available', fails: 0, availableSince });
  });

  it.each([
    ['+', 1_000],
    ['++', 1_000],
    ['', 250],
    ['+-', 250],
    ['---', 250],
    ['---+', 250],
    ['---++', 1_000],
    ['d', 250],
  ])('%j, the next probe comes after %i ms', (probes, ms) => {
    expect(probeIntervalMs(healthAfter(probes))).toBe(ms);
  });
});

it('goes down after three failures in a row and no fewer, comes back after two answers and no fewer, at all times', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('+', '-'), { maxLength: 60 }), (probes) => {
      const text = probes.join('');
      const { kind } = healthAfter(text);
      const served = /\+/.test(text) ? 'available' : 'starting';
      const fallen = text.lastIndexOf('---');
      const risen = text.lastIndexOf('++');
      if (fallen < 0) expect(kind).toBe(served);
      else expect(kind).toBe(risen > fallen ? 'available' : 'down');
    }),
  );
});

/** A request's outcome at an instance, `ms` after the one before. */
interface Outcome {
  readonly isGood: boolean;
  readonly ms: number;
}

function ejectionAfter(outcomes: readonly Outcome[], isLast = false): { ejection: Ejection; nowMs: number } {
  let nowMs = 0;
  let ejection = NEVER_EJECTED;
  for (const { isGood, ms } of outcomes) {
    nowMs += ms;
    ejection = isGood ? afterSuccess(ejection) : afterFailure(ejection, nowMs, isLast);
  }
  return { ejection, nowMs };
}

const bad = (times: number, ms = 0): Outcome[] => Array.from({ length: times }, () => ({ isGood: false, ms }));
const good: Outcome = { isGood: true, ms: 0 };

describe('an instance is ejected', () => {
  it.each<[what: string, outcomes: Outcome[], isEjected: boolean]>([
    ['not before its first request', [], false],
    ['not after four failures', bad(4), false],
    ['after five failures in a row', bad(5), true],
    ['not after five that a good answer parts', [...bad(4), good, ...bad(4)], false],
    ['after five failures behind a good answer', [...bad(4), good, ...bad(5)], true],
    ['however much time is between them', bad(5, 60_000), true],
  ])('%s', (_, outcomes, expected) => {
    const { ejection, nowMs } = ejectionAfter(outcomes);
    expect(isEjected(ejection, nowMs)).toBe(expected);
  });

  it('never, while it is the last one available', () => {
    const { ejection, nowMs } = ejectionAfter(bad(50), true);
    expect(isEjected(ejection, nowMs)).toBe(false);
  });

  it('for 5 s at first, 5 s more each time, 60 s at most', () => {
    const lengths: number[] = [];
    let ejection = NEVER_EJECTED;
    let nowMs = 0;
    for (let n = 0; n < 15; n++) {
      for (let i = 0; i < 5; i++) ejection = afterFailure(ejection, nowMs, false);
      lengths.push(ejection.until - nowMs);
      nowMs = ejection.until;
      expect([isEjected(ejection, nowMs - 1), isEjected(ejection, nowMs)]).toEqual([true, false]);
    }
    expect(lengths.map((ms) => ms / 1_000)).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 60, 60, 60]);
  });

  it('for 5 s again after a quiet minute', () => {
    let { ejection } = ejectionAfter(bad(5));
    const backAt = ejection.until;
    for (const [quietMs, lastsMs] of [
      [60_000, 10_000],
      [60_001, 5_000],
    ] as const) {
      ejection = NEVER_EJECTED;
      for (let i = 0; i < 5; i++) ejection = afterFailure(ejection, 0, false);
      for (let i = 0; i < 5; i++) ejection = afterFailure(ejection, backAt + quietMs, false);
      expect(ejection.until - backAt - quietMs).toBe(lastsMs);
    }
  });

  it('no longer for failures of requests that were already under way', () => {
    const { ejection, nowMs } = ejectionAfter(bad(5));
    const later = bad(20).reduce((now) => afterFailure(now, nowMs + 100, false), ejection);
    expect(later.until).toBe(ejection.until);
  });
});

it('is only ever ejected at a fifth failure in a row, by at most 60 s, whatever happens', () => {
  const outcome = fc.record({ isGood: fc.boolean(), ms: fc.integer({ min: 0, max: 20_000 }) });
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 200 }), (outcomes) => {
      let nowMs = 0;
      let inARow = 0;
      let ejection = NEVER_EJECTED;
      for (const { isGood, ms } of outcomes) {
        nowMs += ms;
        inARow = isGood ? 0 : inARow + 1;
        const before = ejection;
        ejection = isGood ? afterSuccess(ejection) : afterFailure(ejection, nowMs, false);
        if (ejection.until === before.until) continue;
        expect(inARow).toBeGreaterThanOrEqual(5);
        expect(before.until).toBeLessThanOrEqual(nowMs);
        expect(ejection.until - nowMs).toBeGreaterThanOrEqual(5_000);
        expect(ejection.until - nowMs).toBeLessThanOrEqual(60_000);
      }
    }),
  );
});

describe('the share of a turn', () => {
  it.each([
    [0, 0.1],
    [1_000, 0.19],
    [5_000, 0.55],
    [9_000, 0.91],
    [10_000, 1],
    [1e9, 1],
    [-5, 0.1],
  ])('%i ms after an instance became available is %f', (ms, weight) => {
    expect(rampWeight(ms)).toBeCloseTo(weight, 10);
  });

  it('never falls with time', () => {
    const ms = fc.integer({ min: 0, max: 20_000 });
    fc.assert(fc.property(ms, ms, (a, b) => rampWeight(Math.min(a, b)) <= rampWeight(Math.max(a, b))));
  });
});
