// A pool that is asked for more than it can serve: the excess is shed, what is served is served in time, it is no less
// than at saturation, and nobody else notices.

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lintMetrics } from '../helpers/prometheus-lint.ts';
import { lettersOf, SeparateSystem } from './separate-system.ts';
import { failuresOf, type Outcome, percentileMs, Traffic } from './traffic.ts';

const MAX_QUEUE = 64;

let system: SeparateSystem;

beforeAll(async () => {
  system = await SeparateSystem.open({
    instances: [['A-D'], ['E-P', '--work-ms', '20'], ['Q-Z']],
    routerFlags: ['--max-queue', String(MAX_QUEUE)],
  });
});
afterAll(() => system?.close());

const servedOf = (outcomes: readonly Outcome[]): readonly Outcome[] => outcomes.filter(({ status }) => status === 200);

/** A metric of the router, summed over its series that have this label. */
async function sumOf(metric: string, label = ''): Promise<number> {
  const series = [...(await system.metrics()).matchAll(/^(\w+)(\{.*\})? (\S+)$/gm)];
  const found = series.filter(([, name, labels = '']) => name === metric && labels.includes(label));
  return found.reduce((sum, [, , , value]) => sum + Number(value), 0);
}

/** CPU time of a process so far, in s; the clock of its statistics ticks 100 times a second. */
async function cpuS(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14);
  return (Number(user) + Number(system)) / 100;
}

/** Lets so many clients drown the pool; what it did in the later part of the time, and what it shed in all of it. */
async function drown(connections: number) {
  const [, worker] = system.instanceOf('E-P').pids;
  const clients = { url: system.url, letters: lettersOf('E-P'), pauseMs: 0, failedPauseMs: 200 };
  const traffic = new Traffic({ ...clients, connections });
  await sleep(1_000);
  const [from, cpuBefore] = [performance.now(), await cpuS(worker!)];
  await sleep(2_000);
  const [to, cpuAfter, queued] = [performance.now(), await cpuS(worker!), await sumOf('people_queued', 'E-P')];
  await traffic.stop();
  const served = servedOf(traffic.outcomes).filter(
    ({ startedAt, ms }) => startedAt + ms >= from && startedAt + ms < to,
  );
  return {
    served,
    queued,
    requests: traffic.outcomes.length,
    /** Pages for a second of the worker's CPU: on a busy machine the fair measure of what a pool gives. */
    perCpuS: served.length / (cpuAfter - cpuBefore),
    shed: traffic.outcomes.filter(({ status }) => status !== 200),
  };
}

it('sheds the excess with Retry-After and serves as much as at saturation; others are served as before', async () => {
  const other = new Traffic({ url: system.url, letters: lettersOf('A-D'), connections: 2, pauseMs: 20 });
  const saturated = await drown(40);
  const floodedAt = performance.now();
  const flooded = await drown(160);
  await other.stop();

  expect(flooded.perCpuS).toBeGreaterThan(saturated.perCpuS * 0.7);
  expect(flooded.served.length).toBeGreaterThan(10);
  expect(percentileMs(flooded.served, 0.95)).toBeLessThan(4_000);
  expect(flooded.queued).toBeLessThanOrEqual(MAX_QUEUE);

  expect(flooded.shed.length).toBeGreaterThan(50);
  for (const { status, retryAfter, body } of flooded.shed) {
    expect([status, retryAfter]).toEqual([503, '1']);
    expect(JSON.parse(body).detail).toBe('Range E-P has more requests than it can serve; try again later.');
  }
  expect(percentileMs(flooded.shed, 0.5)).toBeLessThan(1_000);

  expect(failuresOf(other.outcomes)).toEqual([]);
  expect(other.between(floodedAt).length).toBeGreaterThan(20);
  const requests = saturated.requests + flooded.requests + other.outcomes.length;
  expect(await sumOf('people_upstream_attempts_total')).toBeLessThanOrEqual(requests * 1.2 + 3);
  expect(await sumOf('people_sheds_total', 'E-P')).toBeGreaterThanOrEqual(flooded.shed.length);
  expect(lintMetrics(await system.metrics())).toEqual([]);
});
