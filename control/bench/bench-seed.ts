// The bench of the seeder: `zpeople seed` as a user runs it, in a folder of its own each time.

import { rmSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireSpace } from './disk-space.ts';
import { describeMachine } from './machine.ts';
import { type SeedBenchResult, type SeedFigures, seedTargets } from './seed-result.ts';
import { medians } from './statistics.ts';
import type { Workbench } from './workbench.ts';

export interface SeedBenchOptions {
  readonly isQuick: boolean;
  readonly isFull: boolean;
  readonly say: (text: string) => void;
}

interface Run {
  readonly wallS: number;
  readonly cpuS: number;
  readonly peakMb: number;
  readonly writtenMb: number;
}

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));
const REPORT_USAGE = new URL('./peers/report-usage.js', import.meta.url).href;
const LIMIT_MS = 300_000;

const QUICK = [
  [10_000, 1],
  [100_000, 1],
] as const;
const USUAL = [
  [10_000, 3],
  [100_000, 3],
  [1_000_000, 3],
] as const;
const FULL = [...USUAL, [10_000_000, 1]] as const;

/** Measures. Throws UserError when seeding fails. */
export async function benchSeed(
  workbench: Workbench,
  { isQuick, isFull, say }: SeedBenchOptions,
): Promise<SeedBenchResult> {
  const machine = describeMachine();
  const figures: SeedFigures[] = [];
  const sizes = isFull ? FULL : isQuick ? QUICK : USUAL;
  requireSpace(workbench.folder, Math.max(...sizes.map(([people]) => people)));
  for (const [people, runs] of sizes) {
    const measured: Run[] = [];
    for (let run = 1; run <= runs; run++) {
      say(`seeding: ${people.toLocaleString('en-US')} people, ${run} of ${runs}`);
      measured.push(await measureRun(workbench, people));
    }
    figures.push({ people, runs, ...medians(measured.map((run) => ({ ...run }))) });
  }
  return { kind: 'seed', machine, figures, targets: seedTargets(figures) };
}

async function measureRun(workbench: Workbench, people: number): Promise<Run> {
  const folder = join(workbench.folder, 'seeded');
  const args = ['--import', REPORT_USAGE, MAIN, 'seed', '--people', String(people), '--data', folder];
  const startedAt = performance.now();
  const output = await workbench.run({ name: 'zpeople seed', command: process.execPath, args, core: null }, LIMIT_MS);
  const wallS = (performance.now() - startedAt) / 1_000;
  const { cpuS, peakMb } = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Pick<Run, 'cpuS' | 'peakMb'>;
  const writtenMb = (await bytesIn(folder)) / 1e6;
  rmSync(folder, { recursive: true });
  return { wallS, cpuS, peakMb, writtenMb };
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => stat(join(entry.parentPath, entry.name)));
  return (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0);
}
