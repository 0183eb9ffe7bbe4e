import { describe, expect, it } from 'vitest';
import { renderScale } from '../../control/bench/scale-report.ts';
import { type ScaleFindings, type ScaleResult, scaleTargets } from '../../control/bench/scale-result.ts';
import { renderSeed, type SeedFigures, seedTargets } from '../../control/bench/seed-result.ts';
import { atLeast, atMost, judge, targetText } from '../../control/bench/target.ts';

const MACHINE = {
  ...{ at: '2026-11-20T12:00:00.000Z', node: 'v24.1.0', cpu: 'A CPU', cores: 2, memoryGb: 8 },
  ...{ kernel: '6.1.0', loadBefore: 0.1 },
};

describe('a target', () => {
  it.each([
    [1, atMost(1), true],
    [1.01, atMost(1), false],
    [30, atLeast(30), true],
    [29.9, atLeast(30), false],
    [5, null, null],
  ])('%d with %j: %s', (value, limit, isMet) => {
    expect(judge('it', value, '×', limit)).toEqual([{ text: 'it', value, unit: '×', limit, isMet }]);
  });

  it('is none where nothing was measured', () => {
    expect(judge('it', null, 's', atMost(7))).toEqual([]);
  });

  it('says what is asked', () => {
    const [target] = judge('to seed', 6.5, 's', atMost(7));
    expect(targetText(target!)).toBe('6.50 s  to seed (at most 7)');
  });
});

describe('the bench of the seeder', () => {
  const figures: readonly SeedFigures[] = [
    { people: 10_000, runs: 3, wallS: 0.5, cpuS: 0.6, peakMb: 80, writtenMb: 1.62 },
    { people: 1_000_000, runs: 3, wallS: 6, cpuS: 11, peakMb: 710, writtenMb: 165 },
  ];

  it('is judged by what issue 5 asks', () => {
    expect(seedTargets(figures).map(({ value, isMet }) => [value, isMet])).toEqual([
      [6, true],
      [710, false],
    ]);
  });

  it('is shown as a table', () => {
    const result = { kind: 'seed', machine: MACHINE, figures, targets: seedTargets(figures) } as const;
    expect(renderSeed(result, { isColor: false })).toBe(`
  Node v24.1.0 · A CPU, 2 cores, 8 GB
  zpeople seed, from the start of the process to its end; medians

     people  runs  wall s  CPU s  peak MB  written MB  people/s
     10,000     3   0.500  0.600     80.0        1.62    20,000
  1,000,000     3    6.00   11.0      710         165   166,667

  ✓ 6.00 s  to seed 1 million people (at most 7)
  ✗ 710 MB  at most in memory meanwhile (at most 700)

`);
  });
});

describe('the bench of scaling', () => {
  const found: ScaleFindings = {
    workers: [
      { workers: 1, requestsPerS: 90, p50Ms: 350, p99Ms: 400, errors: 0, shares: [1] },
      { workers: 2, requestsPerS: 180, p50Ms: 180, p99Ms: 240, errors: 0, shares: [0.48, 0.52] },
    ],
    people: [
      { people: 10_000, shardMb: 1, readyS: 0.5, workerMb: 75, newPageMs: 0.5, keptPageMs: 0.25 },
      { people: 1_000_000, shardMb: 101, readyS: 0.75, workerMb: 200, newPageMs: 0.6, keptPageMs: 0.25 },
    ],
    stream: {
      ...{ letter: 'M', people: 89_475, streamMb: 14.8, readMb: 5.25, seconds: 8 },
      ...{ shardGrewMb: 0.25, routerGrewMb: 1.5 },
    },
  };
  const result: ScaleResult = { kind: 'scale', machine: MACHINE, workMs: 10, ...found, targets: scaleTargets(found) };

  it('compares what many people take with what few take', () => {
    expect(result.targets.map(({ value, unit, isMet }) => [value, unit, isMet])).toEqual([
      [2, '×', true],
      [0.25, 's', true],
      [1.25, '×', false],
      [1.2, '×', false],
      [0.25, 'MB', true],
      [1.5, 'MB', true],
    ]);
  });

  it('is shown as tables', () => {
    expect(renderScale(result, { isColor: false })).toBe(`
  Node v24.1.0 · A CPU, 2 cores, 8 GB
  workers: --work-ms 10, asked directly; people: one worker

  workers  requests/s  p50 ms  p99 ms  errors      shares
        1        90.0   350.0   400.0       0       100 %
        2         180   180.0   240.0       0  48 %, 52 %

     people  shard MB  ready s  worker MB  new page ms  kept page ms
     10,000      1.00    0.500       75.0        0.500         0.250
  1,000,000       101    0.750        200        0.600         0.250

  NDJSON of M, 89,475 people in 14.8 MB: in 8.00 s a slow reader
  took 5.25 MB; the shard’s worker grew by 0.250 MB, the router’s by 1.50 MB

  ✓ 2.00×  requests a second: 2 workers by 1 (at least 1.9)
  ✓ 0.250 s  for each 100 MB of shard until ready (1,000,000) (at most 1)
  ✗ 1.25×  memory of a worker beyond its base, by its shard (1,000,000) (at most 1.2)
  ✗ 1.20×  new first page: 1,000,000 by 10,000 (at most 1.1)
  ✓ 0.250 MB  more memory for a slow reader of 14.8 MB: shard (at most 10)
  ✓ 1.50 MB  … and router (at most 10)

`);
  });
});
