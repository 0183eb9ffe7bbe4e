// Lab: instances come and go; the router learns of it from a registry, its clients not at all.

import { parseRange } from '../../people/range.ts';
import { grouped, milliseconds } from '../load/figures.ts';
import type { Outcome } from '../load/outcome.ts';
import { poolOf } from '../settled.ts';
import { availabilityOf, describeEnds } from './availability.ts';
import { startConsul } from './consul-agent.ts';
import type { Lab } from './lab.ts';
import type { Running } from './running.ts';

const RANGE = parseRange('E-P');
const FOUND_MS = 15_000;

export const discovery: Lab = {
  name: 'discovery',
  summary: 'instances come and go, found by a registry (a real Consul where it is installed)',
  does: [
    `A router and an instance for each range find each other in the registry. Under 200 requests/s, a second instance of`,
    `${RANGE} joins, the first leaves in order, a third joins, and the second is killed with all its workers (SIGKILL).`,
  ],
  source: 'no figure: instances are started and stopped at will behind the balancer, none of them configured in it',
  why: [
    'Instances announce themselves; the router holds a blocking query open, and learns of a change when it happens.',
    'It never asks the registry on a request: it keeps a table, replaced whole by the next one.',
    'Who joins is probed first, and gets its share slowly, from a tenth on: its caches and its code are cold.',
    'Who leaves withdraws first and serves half a second longer: no router sends to it when it closes.',
    'Who is killed cannot withdraw: requests on the way are repeated elsewhere, and a probe takes it out of the table.',
  ],
  run: async (bench) => {
    const consul = await startConsul(bench);
    bench.say(consul ? `a Consul agent answers at ${consul}` : 'no Consul here: the registry is the router itself');
    const router = await bench.start('router', '--registry', consul ?? 'embedded');
    const registry = consul ?? router.opsUrl;
    const shard = (range: string, id: string): Promise<Running> =>
      bench.start(
        'shard',
        range,
        ...['--id', id, '--workers', '1', '--registry', registry, '--data', bench.dataFolder],
      );
    const [, first] = await Promise.all([shard('A-D', 'a-d-1'), shard(RANGE, 'e-p-1'), shard('Q-Z', 'q-z-1')]);
    await router.ops.until(FOUND_MS, 'the router to find three instances', ({ pools }) => {
      return pools.flatMap(({ instances }) => instances).filter(({ state }) => state === 'available').length === 3;
    });

    await bench.warmUp(router.url);
    const seen = new Set<string>();
    const watch = (outcome: Outcome): void => {
      if (outcome.kind === 'answered') seen.add(outcome.origin.servedBy?.split('/')[0] ?? '');
    };
    const joinsMs: number[] = [];
    const goesMs: number[] = [];
    const join = async (id: string): Promise<Running> => {
      const instance = await shard(RANGE, id);
      const startedAt = performance.now();
      await bench.until(`${id} to answer`, () => seen.has(id));
      joinsMs.push(performance.now() - startedAt);
      bench.say(`${id} joins: its first answer ${milliseconds(joinsMs.at(-1)!)} after it is ready`);
      return instance;
    };
    const go = async (id: string, how: string, end: Promise<void>): Promise<void> => {
      const startedAt = performance.now();
      const isGone = router.ops.until(FOUND_MS, `${id} to be gone`, (status) =>
        poolOf(status, RANGE).instances.every((instance) => instance.id !== id || instance.state !== 'available'),
      );
      await Promise.all([isGone.then(() => goesMs.push(performance.now() - startedAt)), end]);
      bench.say(`${id} ${how}: the router sends it nothing more after ${milliseconds(goesMs.at(-1)!)}`);
    };

    const report = await bench.during(
      { url: router.url, hot: null, rate: 200, connections: 100, isFresh: true },
      async () => {
        await bench.pause(bench.seconds(2));
        const second = await join('e-p-2');
        await bench.pause(bench.seconds(4));
        await go('e-p-1', 'leaves', first.leave());
        await bench.pause(bench.seconds(2));
        await join('e-p-3');
        await bench.pause(bench.seconds(4));
        await go('e-p-2', 'is killed', second.kill());
        await bench.pause(bench.seconds(4));
      },
      watch,
    );
    bench.say(describeEnds(report));
    const { requests, failed } = availabilityOf(report);
    const [joinMs, leaveMs, killMs] = [Math.max(...joinsMs), goesMs[0]!, goesMs[1]!].map(Math.round) as [
      number,
      number,
      number,
    ];
    return {
      ours:
        `${grouped(failed)} of ${grouped(requests)} requests failed; joined within ${milliseconds(joinMs)}, ` +
        `left after ${milliseconds(leaveMs)}, killed and noticed after ${milliseconds(killMs)} (${consul ? 'Consul' : 'embedded'})`,
      figures: { requests, failed, joinMs, leaveMs, killMs, isConsul: consul !== null, p99Ms: report.latencyMs.p99 },
      isAsExpected: failed === 0,
    };
  },
};
