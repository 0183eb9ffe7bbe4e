// Lab: one shard hangs; what its clients get, and what everybody else notices.

import { parseRange, rangeHolds } from '../../people/range.ts';
import { milliseconds, percent } from '../load/figures.ts';
import type { Outcome } from '../load/outcome.ts';
import { poolOf } from '../settled.ts';
import { availabilityOf, describeEnds } from './availability.ts';
import { Groups } from './groups.ts';
import type { Lab } from './lab.ts';
import { Phases } from './phases.ts';

const RANGE = parseRange('E-P');
const PHASES = ['healthy', 'hanging', 'down', 'waking', 'back'] as const;
const NOTICE_MS = 15_000;

export const isolation: Lab = {
  name: 'isolation',
  summary: 'one shard hangs, and the others do not notice',
  does: [
    `The only instance of ${RANGE}, primary and worker, is stopped where it is (SIGSTOP) under 150 requests/s for all`,
    'letters, and goes on (SIGCONT) ten seconds later. It does not crash: it takes connections and never answers.',
  ],
  source: 'no figure: it hangs no shard; that trouble stays within its part is what partitions promise',
  why: [
    'Each pool has its own bound on requests under way and waiting: a hung one holds a part of the router, not all.',
    'An attempt without an answer is given up after two seconds; a probe each second learns of it on its own.',
    'Once three probes failed the range is down, and is answered 503 with Retry-After at once: nobody waits for it.',
    'Going on, it announces itself again, and two good probes, a quarter of a second apart, bring it back.',
    'The price of one copy of a part: while it is away, its letters are. A second instance of the range would serve.',
  ],
  run: async (bench) => {
    const system = await bench.start('start', '--workers', '1', '--data', bench.dataFolder);
    await bench.warmUp(system.url);
    const instance = poolOf(await system.ops.status(), RANGE).instances[0]!;
    const phases = new Phases<(typeof PHASES)[number]>('healthy');
    const groups = new Groups((outcome) => `${phases.of(outcome)} ${whose(outcome)}` as const);
    const until = async (what: string, isSo: (state: string) => boolean): Promise<number> => {
      const startedAt = performance.now();
      // Hung, it stops renewing its lease: after a while it is not in the table at all.
      await system.ops.until(NOTICE_MS, what, (now) => isSo(poolOf(now, RANGE).instances[0]?.state ?? 'gone'));
      return Math.round(performance.now() - startedAt);
    };
    let noticedMs = 0;
    let backMs = 0;

    await bench.during(
      { url: system.url, hot: null, rate: 150, connections: 600, isFresh: true },
      async () => {
        await bench.pause(bench.seconds(5));
        phases.begin('hanging');
        bench.hang([instance.pid!, ...(instance.workers ?? []).map(({ pid }) => pid)]);
        noticedMs = await until('the router to notice', (state) => state !== 'available');
        phases.begin('down');
        bench.say(`${RANGE} is stopped; the router knows after ${milliseconds(noticedMs)}`);
        await bench.pause(bench.seconds(10));
        phases.begin('waking');
        bench.wake();
        backMs = await until('the range to be back', (state) => state === 'available');
        phases.begin('back');
        bench.say(`${RANGE} goes on; it is available after ${milliseconds(backMs)}`);
        await bench.pause(bench.seconds(6));
      },
      groups.add,
    );

    const [healthy, unnoticed, down] = (['healthy', 'hanging', 'down'] as const).map((phase) => {
      return groups.summary(`${phase} others`).latencyMs.p99;
    }) as [number, number, number];
    const [waited, refused, back] = [
      groups.summary('hanging hung'),
      groups.summary('down hung'),
      groups.summary('back hung'),
    ];
    const othersFailed = PHASES.map((phase) => availabilityOf(groups.summary(`${phase} others`)).failed).reduce(
      (sum, failed) => sum + failed,
      0,
    );
    const refusals = refused.statuses['503'] ?? 0;
    const refusalMs = refused.latencyMs.p50;
    const backShare = availabilityOf(back).share;
    bench.say(`${RANGE} until it is known: ${describeEnds(waited)}, p50 ${milliseconds(waited.latencyMs.p50)}`);
    bench.say(`${RANGE} once it is known: ${describeEnds(refused)}, p50 ${milliseconds(refusalMs)}`);
    bench.say(`the others, p99: ${[healthy, unnoticed, down].map(milliseconds).join(', ')} (before, until, once)`);
    return {
      ours:
        `${othersFailed} requests of the others failed; 503 within ${milliseconds(refusalMs)} once it is known ` +
        `(${milliseconds(noticedMs)}); back after ${milliseconds(backMs)}, then ${percent(backShare)} available`,
      figures: {
        ...{ othersFailed, noticedMs, backMs, refusals, refusalP50Ms: refusalMs, availabilityBack: backShare },
        ...{ othersP99HealthyMs: healthy, othersP99UnnoticedMs: unnoticed, othersP99DownMs: down },
      },
      isAsExpected: othersFailed === 0 && refusals === refused.answered && refused.failed === 0 && backShare === 1,
    };
  },
};

function whose({ letter }: Outcome): 'hung' | 'others' {
  return rangeHolds(RANGE, letter) ? 'hung' : 'others';
}
