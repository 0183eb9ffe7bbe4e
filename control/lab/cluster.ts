// Lab: the same work on one worker and on as many as there are cores.

import { availableParallelism } from 'node:os';
import { parseRange } from '../../people/range.ts';
import { grouped, milliseconds } from '../load/figures.ts';
import type { LoadRequest } from '../load/measure.ts';
import { isScaled, poolOf } from '../settled.ts';
import type { Lab } from './lab.ts';

const RANGE = parseRange('E-P');
const MOST_WORKERS = 8;
const SCALE_MS = 10_000;

export const cluster: Lab = {
  name: 'cluster',
  summary: 'CPU-bound work on one worker, then on one per core',
  does: [
    'Each request burns 10 ms of CPU. Eight connections ask the range E-P as fast as it answers: while it has',
    'one worker, and once it has one per core.',
  ],
  source: '3.3 times the requests/s with a worker for each of 4 cores',
  why: [
    'One event loop is one thread: CPU-bound work keeps one core busy, whatever the machine has.',
    'Each worker is a process with a loop of its own; the primary deals connections out to them.',
    'The work is counted in CPU time, so workers without a core of their own add nothing.',
    'Less than one for one, as in the book: the load and here a router need CPU too, about 1 ms beside the 10.',
    'With more workers than cores the rate stays; only who waits for whom changes.',
  ],
  run: async (bench) => {
    const cores = Math.min(Math.max(2, availableParallelism()), MOST_WORKERS);
    const system = await bench.start('start', '--workers', '1', '--work-ms', '10', '--data', bench.dataFolder);
    const work: LoadRequest = {
      ...{ url: system.url, hot: RANGE, hotShare: 1, rate: null, connections: 8, isFresh: true },
      durationMs: bench.seconds(10),
    };
    const warmUp = { ...work, durationMs: bench.seconds(4) };

    await bench.load(warmUp);
    const one = await bench.load(work);
    bench.say(`1 worker: ${rateOf(one)}, p99 ${milliseconds(one.latencyMs.p99)}`);
    await system.ops.order(`/pools/${RANGE}/scale`, { workers: cores });
    await system.ops.until(SCALE_MS, `${cores} workers`, (status) => isScaled(poolOf(status, RANGE), cores));
    await bench.load(warmUp); // the router's connections spread over the new workers
    const many = await bench.load(work);
    bench.say(`${cores} workers: ${rateOf(many)}, p99 ${milliseconds(many.latencyMs.p99)}`);

    const factor = Math.round((many.perSecond.mean / one.perSecond.mean) * 100) / 100;
    return {
      ours: `${factor.toFixed(1)} times with a worker for each of ${cores} cores (${rateOf(many)} against ${rateOf(one)})`,
      figures: {
        ...{ workers: cores, factor, rateOfOne: one.perSecond.mean, rateOfMany: many.perSecond.mean },
        ...{ p99OfOneMs: one.latencyMs.p99, p99OfManyMs: many.latencyMs.p99 },
      },
      isAsExpected: factor > 1 + (cores - 1) * 0.5,
    };
  },
};

function rateOf({ perSecond }: { readonly perSecond: { readonly mean: number } }): string {
  return `${grouped(Math.round(perSecond.mean))}/s`;
}
