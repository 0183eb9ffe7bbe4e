// Lab: what clients notice of workers that keep crashing.

import { availableParallelism } from 'node:os';
import { grouped, milliseconds, percent } from '../load/figures.ts';
import { availabilityOf, describeEnds } from './availability.ts';
import { crashWorkers } from './crasher.ts';
import type { Lab } from './lab.ts';

export const crash: Lab = {
  name: 'crash',
  summary: 'workers crash every one to three seconds, under load',
  does: [
    'As in the book there is one service, one shard for A-Z, with a worker per core. Each worker is killed (SIGKILL) one',
    'to three seconds after it is first seen, and so is its successor. Meanwhile 8,000 requests in 10 s on 200 connections.',
  ],
  layout: 'A-Z',
  source: '92 % available: 674 of about 8,000 requests failed',
  why: [
    'In the book clients are connected to the worker that dies: what it was answering is lost, and they see it.',
    'Here they are connected to the router, which has sent no byte on before it has the whole page.',
    'So it can ask again: reading is safe to repeat, and a dead worker is no reason to blame the instance.',
    'The primary owns the port: a connection that finds no worker waits for the next, it is not refused.',
    'A crash of the router itself would be seen, as in the book: it does little, so that little can crash it.',
  ],
  run: async (bench) => {
    const workers = String(Math.max(2, availableParallelism()));
    const system = await bench.start('start', '--workers', workers, '--data', bench.dataFolder);
    await bench.warmUp(system.url);
    const crashing = new AbortController();
    const load = bench.load({
      ...{ url: system.url, hot: null, rate: 800, connections: 200, isFresh: true },
      durationMs: bench.seconds(10),
    });
    const [report, crashes] = await Promise.all([
      load.finally(() => crashing.abort()),
      crashWorkers(system.ops, crashing.signal, bench.seconds(1)),
    ]);
    const { requests, failed, share } = availabilityOf(report);
    bench.say(`${crashes} workers killed; ${describeEnds(report)}; p99 ${milliseconds(report.latencyMs.p99)}`);
    return {
      ours: `${percent(share)} available: ${grouped(failed)} of ${grouped(requests)} requests failed, ${crashes} workers crashed`,
      figures: { availability: share, requests, failed, crashes, p99Ms: report.latencyMs.p99 },
      isAsExpected: failed === 0 && crashes > 0,
    };
  },
};
