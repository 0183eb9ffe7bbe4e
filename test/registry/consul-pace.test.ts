import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterAnswer, retryMs } from '../../registry/consul-pace.ts';

describe('after an answer', () => {
  it.each<readonly [string, bigint, string | undefined, number, bigint, number]>([
    ['the first: go on from its index', 0n, '7', 2, 7n, 98],
    ['a change after a while: ask on at once', 7n, '8', 3_000, 8n, 0],
    ['changes in a burst: a few answers, not many', 7n, '8', 1, 8n, 99],
    ['the wait ran out: ask on at once', 7n, '7', 10_000, 7n, 0],
    ['no change, and early: no hurry', 7n, '7', 0, 7n, 1_000],
    ['an index that goes backwards: start anew', 7n, '3', 5, 0n, 95],
    ['index 0: start anew, slowly', 7n, '0', 0, 0n, 1_000],
    ['index 0 again: slowly', 0n, '0', 0, 0n, 1_000],
    ['no index', 7n, undefined, 0, 0n, 1_000],
    ['no number', 7n, 'many', 0, 0n, 1_000],
    ['a negative one', 7n, '-1', 0, 0n, 1_000],
    ['one beyond doubles: taken exactly', 0n, '18446744073709551615', 100, 18446744073709551615n, 0],
  ])('%s', (_, asked, answered, tookMs, index, pauseMs) => {
    expect(afterAnswer(asked, answered, tookMs)).toEqual({ index, pauseMs });
  });

  it('never asks more than ten times a second, whatever the answers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.oneof(fc.string(), fc.nat(9).map(String)), fc.nat(5)), { minLength: 20 }),
        (answers) => {
          let index = 0n;
          let nowMs = 0;
          for (const [header, tookMs] of answers) {
            const next = afterAnswer(index, header, tookMs);
            index = next.index;
            nowMs += tookMs + next.pauseMs;
          }
          expect(nowMs).toBeGreaterThanOrEqual(answers.length * 100);
        },
      ),
    );
  });
});

describe('after a failure', () => {
  const absent = { status: null, retryAfterMs: null };
  const refusing = { status: 500, retryAfterMs: null };
  it.each([
    ['nobody there: every second', absent, 1, 0.5, 1_000],
    ['still nobody: every second', absent, 50, 0.5, 1_000],
    ['a refusal', refusing, 1, 0.5, 1_000],
    ['refusals in a row: ever more rarely', refusing, 3, 0.5, 4_000],
    ['up to ten seconds', refusing, 2_000, 0.5, 10_000],
    ['not in step with others: earlier', absent, 1, 0, 800],
    ['not in step with others: later', absent, 1, 1, 1_200],
    ['throttled for longer', { status: 429, retryAfterMs: 30_000 }, 1, 0.5, 30_000],
    ['throttled for less', { status: 429, retryAfterMs: 0 }, 1, 0.5, 1_000],
    ['throttled for ever: a minute', { status: 429, retryAfterMs: 1e12 }, 1, 0.5, 60_000],
  ])('%s', (_, failure, failures, random, waitMs) => {
    expect(retryMs(failure, failures, random)).toBeCloseTo(waitMs);
  });
});
