import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from '../../router/answer/retry-budget.ts';

/** A budget on a clock that a test moves. */
function createBudget(startMs = 0) {
  let nowMs = startMs;
  const budget = new RetryBudget(() => nowMs);
  return {
    advance: (ms: number) => {
      nowMs += ms;
    },
    request: (times = 1) => {
      for (let i = 0; i < times; i++) budget.countRequest();
    },
    retry: () => budget.takeRetry(),
    /** Takes all the retries there are. */
    spend: () => {
      let taken = 0;
      while (budget.takeRetry()) taken++;
      return taken;
    },
  };
}

describe('after so many requests', () => {
  it.each([
    [0, 3],
    [4, 3],
    [5, 4],
    [100, 23],
    [1_000, 203],
  ])('%i, there are %i retries', (requests, retries) => {
    const { request, spend } = createBudget();
    request(requests);
    expect(spend()).toBe(retries);
    expect(spend()).toBe(0);
  });
});

describe('with time', () => {
  it.each([
    [0, 0],
    [8_999, 0],
    [10_000, 3], // both the requests and the retries have left the window
    [1e9, 3],
  ])('%i ms after all was spent, there are %i retries', (ms, retries) => {
    const { request, spend, advance } = createBudget(123_456_000);
    request(100);
    spend();
    advance(ms);
    expect(spend()).toBe(retries);
  });

  it('counts requests of the last ten seconds only', () => {
    const { request, spend, advance } = createBudget();
    request(100);
    advance(5_000);
    request(50);
    advance(5_000);
    expect(spend()).toBe(3 + 10);
  });

  it('is no better for a clock that goes back', () => {
    const { request, spend, advance } = createBudget(60_000);
    request(10);
    expect(spend()).toBe(5);
    advance(-30_000);
    expect(spend()).toBe(0);
  });
});

it('never gives more than a fifth of the last ten seconds and three, whatever comes when', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('request' as const) }),
    fc.record({ kind: fc.constant('retry' as const) }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 4_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const { advance, request, retry } = createBudget();
      const requests: number[] = [];
      const retries: number[] = [];
      let nowS = 0;
      const recent = (times: readonly number[]): number =>
        times.filter((time) => Math.floor(time) > Math.floor(nowS) - 10).length;
      for (const one of steps) {
        if (one.kind === 'pass') {
          advance(one.ms);
          nowS += one.ms / 1000;
        } else if (one.kind === 'request') {
          request();
          requests.push(nowS);
        } else {
          const isWithin = recent(retries) + 1 <= recent(requests) * 0.2 + 3;
          expect(retry()).toBe(isWithin);
          if (isWithin) retries.push(nowS);
        }
      }
    }),
  );
});
