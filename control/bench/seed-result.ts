// What the bench of the seeder finds, and how a terminal shows it. Pure.

import type { Machine } from './machine.ts';
import { createPaint, machineLines, renderReport, targetLines } from './report.ts';
import { atMost, judge, type Target } from './target.ts';
import { figure, textTable } from './text-table.ts';

/** Medians of some runs. */
export interface SeedFigures {
  readonly people: number;
  readonly runs: number;
  readonly wallS: number;
  readonly cpuS: number;
  readonly peakMb: number;
  readonly writtenMb: number;
}

export interface SeedBenchResult {
  readonly kind: 'seed';
  readonly machine: Machine;
  readonly figures: readonly SeedFigures[];
  readonly targets: readonly Target[];
}

const MILLION = 1_000_000;
const HEADINGS = ['people', 'runs', 'wall s', 'CPU s', 'peak MB', 'written MB', 'people/s'];

/** What issue 5 asks, as far as it was measured. */
export function seedTargets(figures: readonly SeedFigures[]): readonly Target[] {
  const of = (people: number, field: 'wallS' | 'peakMb'): number | null =>
    figures.find((one) => one.people === people)?.[field] ?? null;
  return [
    ...judge('to seed 1 million people', of(MILLION, 'wallS'), 's', atMost(7)),
    ...judge('at most in memory meanwhile', of(MILLION, 'peakMb'), 'MB', atMost(700)),
    ...judge('to seed 10 million people', of(10 * MILLION, 'wallS'), 's', atMost(80)),
    ...judge('at most in memory meanwhile', of(10 * MILLION, 'peakMb'), 'MB', null),
  ];
}

/** Renders it, with a last newline. */
export function renderSeed({ machine, figures, targets }: SeedBenchResult, { isColor }: { isColor: boolean }): string {
  const paint = createPaint(isColor);
  const rows = figures.map(({ people, runs, wallS, cpuS, peakMb, writtenMb }) => [
    people.toLocaleString('en-US'),
    String(runs),
    figure(wallS),
    figure(cpuS),
    figure(peakMb),
    figure(writtenMb),
    figure(people / wallS),
  ]);
  const introduction = machineLines(machine, ['zpeople seed, from the start of the process to its end; medians']);
  return renderReport([
    introduction.map((line) => paint('dim', line)),
    textTable(HEADINGS, rows),
    targetLines(targets, paint),
  ]);
}
