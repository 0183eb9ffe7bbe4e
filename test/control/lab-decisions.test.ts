// What labs conclude from outcomes, and how it reads.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { availabilityOf, describeEnds } from '../../control/lab/availability.ts';
import { Groups } from '../../control/lab/groups.ts';
import { LABS } from '../../control/lab/labs.ts';
import { Phases } from '../../control/lab/phases.ts';
import { renderIntroduction, renderList, renderRun } from '../../control/lab/render-lab.ts';
import type { Outcome } from '../../control/load/outcome.ts';
import { Tally } from '../../control/load/tally.ts';
import type { Letter } from '../../people/letter.ts';

const origin = { servedBy: null, range: null, cache: null };

function answered(letter: string, status: number, endedAtMs = 10, latencyMs = 1): Outcome {
  return { kind: 'answered', letter: letter as Letter, status, bytes: 0, origin, endedAtMs, latencyMs };
}

const asked = { letter: 'A' as Letter, endedAtMs: 10, latencyMs: 1 };
const MIXED: readonly Outcome[] = [
  ...[answered('A', 200), answered('A', 200), answered('J', 503)],
  { kind: 'failed', reason: 'ECONNRESET', ...asked },
  { kind: 'unfinished', ...asked },
  { kind: 'unsent', ...asked },
];

function tallyOf(outcomes: readonly Outcome[]): Tally {
  const tally = new Tally();
  for (const outcome of outcomes) tally.add(outcome);
  return tally;
}

describe('availability', () => {
  it('counts all that were due, and only a 200 as a success', () => {
    expect(availabilityOf(tallyOf(MIXED).summary(0))).toEqual({ requests: 6, failed: 4, share: 2 / 6 });
    expect(availabilityOf(tallyOf([]).summary(0))).toEqual({ requests: 0, failed: 0, share: 1 });
  });

  it('tells how requests ended', () => {
    expect(describeEnds(tallyOf(MIXED).summary(0))).toBe(
      '2 × 200, 1 × 503, 1 × ECONNRESET, 1 × unfinished, 1 × unsent',
    );
    expect(describeEnds(tallyOf([]).summary(0))).toBe('none');
  });
});

describe('groups', () => {
  it('count apart', () => {
    const groups = new Groups(({ letter }) => (letter === 'J' ? 'hot' : 'others'));
    for (const outcome of MIXED) groups.add(outcome);
    expect(groups.summary('hot').statuses).toEqual({ 503: 1 });
    expect(groups.summary('others')).toMatchObject({ answered: 2, failed: 1, unfinished: 1, unsent: 1 });
  });
});

describe('phases', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('have the requests that were due in them, whenever these ended', () => {
    const phases = new Phases<'before' | 'hung' | 'after'>('before');
    vi.advanceTimersByTime(1_000);
    phases.begin('hung');
    vi.advanceTimersByTime(1_000);
    phases.begin('after');
    expect(phases.of(answered('A', 200, 900, 10))).toBe('before');
    expect(phases.of(answered('A', 200, 1_500, 800))).toBe('before');
    expect(phases.of(answered('A', 200, 2_500, 800))).toBe('hung');
    expect(phases.of(answered('A', 200, 2_500, 100))).toBe('after');
  });
});

describe('a lab', () => {
  it.each(LABS.map((lab) => [lab.name, lab] as const))('%s reads well in 120 columns', (_, lab) => {
    const run = {
      ...{ lab: lab.name, source: lab.source, why: lab.why, ours: 'all well', figures: {}, isAsExpected: true },
      ...{ tookS: 12, machine: { cores: 2, node: 'v20.0.0' } },
    };
    const text = renderIntroduction(lab, { isColor: false }) + renderRun(run, { isColor: false });
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(120);
    expect(text).toContain('all well');
    expect(text).toContain('as expected (2 cores, Node 20.0.0, 12 s)');
    expect(text.match(/^ {2}· /gm)).toHaveLength(5);
    expect(renderList(LABS)).toContain(lab.summary);
  });
});
