// Lab: all workers replaced by new ones, twice, while clients ask.

import { grouped, milliseconds } from '../load/figures.ts';
import { isReloaded, workerPids } from '../settled.ts';
import { availabilityOf, describeEnds } from './availability.ts';
import type { Lab } from './lab.ts';

const RELOADS = 2;
const RELOAD_MS = 20_000;

export const reload: Lab = {
  name: 'reload',
  summary: 'new workers for all old ones on SIGUSR2, under load',
  does: [
    "SIGUSR2 to `zpeople start`, twice: every worker, the router's too, is replaced by one that loads the code and the",
    'data anew. Meanwhile 300 requests/s on 50 connections, each answered by a shard.',
  ],
  source: 'no figure: it names zero downtime as the aim, and restarts one worker after the other',
  why: [
    'A new worker is ready before an old one is asked to leave: there is never one too few.',
    'The old one finishes the answers it has begun, and says so on each: `Connection: close`.',
    'The primary keeps the port, so that connections made meanwhile find somebody.',
    'A connection nobody uses is closed last, so that no client asks on it in that moment.',
    'If a new worker does not become ready, the reload ends there and the old ones keep serving.',
  ],
  run: async (bench) => {
    const system = await bench.start('start', '--workers', '2', '--data', bench.dataFolder);
    await bench.warmUp(system.url);
    let replaced = 0;
    const reloadAll = async (): Promise<void> => {
      const before = await system.ops.status();
      const ranges = before.layout;
      const old = workerPids(before, ranges, true);
      const startedAt = performance.now();
      process.kill(system.pid, 'SIGUSR2');
      await system.ops.until(RELOAD_MS, 'all workers to be replaced', (now) => isReloaded(now, ranges, true, old));
      bench.say(`${old.size} workers replaced in ${milliseconds(performance.now() - startedAt)}`);
      replaced += old.size;
    };
    const report = await bench.during(
      { url: system.url, hot: null, rate: 300, connections: 50, isFresh: true },
      async () => {
        for (let i = 0; i < RELOADS; i++) {
          await bench.pause(bench.seconds(2));
          await reloadAll();
        }
        await bench.pause(bench.seconds(2));
      },
    );
    bench.say(describeEnds(report));
    const { requests, failed } = availabilityOf(report);
    return {
      ours: `${grouped(failed)} of ${grouped(requests)} requests failed while ${replaced} workers were replaced`,
      figures: { requests, failed, replaced, p99Ms: report.latencyMs.p99 },
      isAsExpected: failed === 0 && replaced > 0,
    };
  },
};
