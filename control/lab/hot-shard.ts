// Lab: one range becomes hot; its pool grows, the others stay as they are.

import { availableParallelism } from 'node:os';
import { parseRange, rangeHolds } from '../../people/range.ts';
import { milliseconds } from '../load/figures.ts';
import type { Outcome } from '../load/outcome.ts';
import type { PoolView } from '../ops-client.ts';
import { poolOf, workerPids } from '../settled.ts';
import { availabilityOf, describeEnds } from './availability.ts';
import { Groups } from './groups.ts';
import type { Lab } from './lab.ts';
import { Phases } from './phases.ts';

const RANGE = parseRange('E-P');
const CALM_RATE = 45;
const STEP = 4;
const REACTION_MS = 15_000;

export const hotShard: Lab = {
  name: 'hot-shard',
  summary: 'one range becomes hot, and its pool grows by itself',
  does: [
    `Each request burns 5 ms of CPU, and 80 % of all ask for ${RANGE}. After some seconds of ${CALM_RATE} requests/s there are`,
    `${STEP} times as many. Every pool has one worker and may take more (--autoscale).`,
  ],
  source: 'no figure: it calls the Z-axis the most complex of the three, one to take when the others are used up',
  why: [
    'A pool serves one range, so what is hot grows alone; more of everything would be the X-axis.',
    'Each instance watches itself: event loops over 60 % busy, or many requests waiting, ask for more workers.',
    'Up is quick: three seconds of it suffice. Down takes a quiet minute, so that nothing flaps (not in this lab).',
    'The other ranges keep their workers: they share the machine with the hot one, not the pool.',
    'More workers help while cores are free; when one letter alone makes the load, not even a split would.',
  ],
  run: async (bench) => {
    const most = String(Math.max(2, availableParallelism()));
    const scaling = ['--workers', '1', '--autoscale', '--min-workers', '1', '--max-workers', most];
    const system = await bench.start('start', ...scaling, '--work-ms', '5', '--data', bench.dataFolder);
    const before = await system.ops.status();
    const request = { url: system.url, hot: RANGE, connections: 200, isFresh: true };

    const calm = new Groups(whose);
    await bench.load({ ...request, rate: CALM_RATE, durationMs: bench.seconds(6) }, calm.add);
    const calmP99 = { hot: p99Of(calm, 'hot'), others: p99Of(calm, 'others') };
    bench.say(`${CALM_RATE} requests/s, 1 worker: p99 ${show(calmP99)}`);

    const phases = new Phases<'rising' | 'grown'>('rising');
    const groups = new Groups((outcome) => `${phases.of(outcome)} ${whose(outcome)}` as const);
    let reactionMs: number | null = null;
    const stepAt = performance.now();
    const report = await bench.during(
      { ...request, rate: CALM_RATE * STEP },
      async () => {
        const grown = system.ops.until(REACTION_MS, 'a worker more', (now) => readyWorkers(poolOf(now, RANGE)) > 1);
        reactionMs = await grown.then(() => Math.round(performance.now() - stepAt)).catch(() => null);
        bench.say(reactionMs === null ? 'no worker was added' : `a second worker after ${milliseconds(reactionMs)}`);
        await bench.pause(bench.seconds(4)); // it gets its share of connections, and what waits is worked off
        phases.begin('grown');
        await bench.pause(bench.seconds(8));
      },
      groups.add,
    );
    const after = await system.ops.status();
    const workers = readyWorkers(poolOf(after, RANGE));
    const risingP99 = { hot: p99Of(groups, 'rising hot'), others: p99Of(groups, 'rising others') };
    const grownP99 = { hot: p99Of(groups, 'grown hot'), others: p99Of(groups, 'grown others') };
    bench.say(`${CALM_RATE * STEP} requests/s, until then: p99 ${show(risingP99)}`);
    bench.say(`${CALM_RATE * STEP} requests/s, ${workers} workers: p99 ${show(grownP99)}`);

    bench.say(describeEnds(report));

    const others = before.layout.filter((range) => range !== RANGE);
    const pids = [before, after].map((status) => [...workerPids(status, others, false)].sort().join());
    const areOthersSame = pids[0] === pids[1];
    const { failed, requests } = availabilityOf(report);
    return {
      ours:
        (reactionMs === null ? 'no worker was added' : `a worker more after ${milliseconds(reactionMs)}`) +
        `, p99 ${milliseconds(risingP99.hot)} until then, ${milliseconds(grownP99.hot)} after it; ` +
        `other pools ${areOthersSame ? 'unchanged' : 'changed'}, ${failed} failed`,
      figures: {
        ...{ reactionMs, workers, requests, failed, areOthersSame },
        ...{ p99CalmMs: calmP99.hot, p99RisingMs: risingP99.hot, p99GrownMs: grownP99.hot },
        ...{ othersP99CalmMs: calmP99.others, othersP99RisingMs: risingP99.others, othersP99GrownMs: grownP99.others },
      },
      isAsExpected: reactionMs !== null && areOthersSame && failed === 0,
    };
  },
};

function whose({ letter }: Outcome): 'hot' | 'others' {
  return rangeHolds(RANGE, letter) ? 'hot' : 'others';
}

function readyWorkers({ instances }: PoolView): number {
  return instances.flatMap(({ workers }) => workers ?? []).filter(({ state }) => state === 'ready').length;
}

function p99Of<K extends string>(groups: Groups<K>, key: K): number {
  return groups.summary(key).latencyMs.p99;
}

function show({ hot, others }: { readonly hot: number; readonly others: number }): string {
  return `${milliseconds(hot)} in ${RANGE}, ${milliseconds(others)} elsewhere`;
}
