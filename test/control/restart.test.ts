import { describe, expect, it } from 'vitest';
import { decideRestart, type KeptState, type Verdict } from '../../control/restart.ts';

const NOW = 100_000;
const ready = (ageMs: number, early = 0): KeptState => ({ kind: 'ready', sinceMs: NOW - ageMs, early });
const restarted = (early: number): KeptState => ({ kind: 'starting', isFirst: false, early });
const restart = (delayMs: number, early: number): Verdict => ({ kind: 'restart', delayMs, early });

describe('a process that ended', () => {
  const rows: readonly (readonly [string, KeptState, Verdict])[] = [
    ['after serving for a while: at once', ready(60_000), restart(0, 0)],
    ['one second after it was ready: at once', ready(1_000), restart(0, 0)],
    ['after a while, having died young before: at once, forgiven', ready(1_000, 5), restart(0, 0)],
    ['just after it was ready: it waits', ready(999), restart(100, 1)],
    ['just after it was ready, again: twice as long', ready(10, 1), restart(200, 2)],
    ['before it was ready again: it waits', restarted(0), restart(100, 1)],
    ['before it was ready again, six times: longer', restarted(5), restart(3_200, 6)],
    ['often: never longer than 5 s', restarted(6), restart(5_000, 7)],
    ['for ever: never longer than 5 s', restarted(5_000), restart(5_000, 5_001)],
    ['before it ever served: given up', { kind: 'starting', isFirst: true, early: 0 }, { kind: 'give-up' }],
    ['when told to leave: let go', { kind: 'leaving', hasWork: true }, { kind: 'let-go' }],
    ['when gone already: let go', { kind: 'gone' }, { kind: 'let-go' }],
  ];
  it.each(rows)('%s', (_, state, verdict) => {
    expect(decideRestart(state, NOW)).toEqual(verdict);
  });
});
