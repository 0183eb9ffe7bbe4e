// What a real system counts while workers die and come and go: all of it, in Prometheus' form, and nothing falls.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTER_METRICS } from '../../router/ops/metrics.ts';
import { PROCESS_METRICS } from '../../runtime/workers/process-metrics.ts';
import { SHARD_METRICS } from '../../shards/metrics.ts';
import { countersOf, watchCounters } from '../helpers/counters.ts';
import { Load } from '../helpers/load.ts';
import { lintMetrics } from '../helpers/prometheus-lint.ts';
import { RunningSystem, readyPids } from '../helpers/running-system.ts';
import { waitFor } from '../helpers/wait-for.ts';

let system: RunningSystem;
let shardOpsUrl: string;

beforeAll(async () => {
  system = await RunningSystem.open({ flags: ['--router-workers', '2'] });
  shardOpsUrl = (await system.instance('E-P')).opsUrl;
});
afterAll(() => system?.close());

const pageOf = async (opsUrl: string): Promise<string> => (await fetch(`${opsUrl}/metrics`)).text();

async function restartsOf(opsUrl: string): Promise<number | undefined> {
  const counters = [...countersOf(await pageOf(opsUrl))];
  return counters.find(([series]) => series.startsWith('people_worker_restarts_total'))?.[1];
}

describe('the metrics of a running system', () => {
  it('are there from the start, and keep to the conventions', async () => {
    const load = new Load({ url: system.url, files: system.files });
    await waitFor('the load to be on', () => load.report.requests > 200);
    const pages = await waitFor('workers to have reported', async () => {
      const found = await Promise.all([pageOf(system.opsUrl), pageOf(shardOpsUrl)]);
      return found.every((page) => /^people_requests_total\{/m.test(page)) ? found : null;
    });
    await load.stop();
    for (const [i, definitions] of [ROUTER_METRICS, SHARD_METRICS].entries()) {
      expect(lintMetrics(pages[i]!)).toEqual([]);
      for (const { name } of [...definitions, ...PROCESS_METRICS]) expect(pages[i]).toContain(`# TYPE ${name} `);
    }
    expect(pages[0]).toMatch(/^people_event_loop_utilization_ratio\{process="worker-2"\} /m);
    expect(pages[1]).toMatch(/^people_event_loop_delay_max_seconds\{range="E-P",process="worker-2"\} /m);
    const [began] = /(?<=^process_start_time_seconds )\S+/m.exec(pages[0]!) ?? [];
    expect(Math.abs(Date.now() / 1000 - Number(began))).toBeLessThan(120);
  });

  it('count a crash as a restart and let nothing fall, whoever dies, comes or goes', async () => {
    const counters = watchCounters([system.opsUrl, shardOpsUrl]);
    const load = new Load({ url: system.url, files: system.files });
    const before = [await restartsOf(system.opsUrl), await restartsOf(shardOpsUrl)];
    const { router } = await system.status();
    const lost = [...readyPids(router.workers).slice(0, 1), ...readyPids((await system.instance('E-P')).workers)];
    for (const pid of lost) process.kill(pid, 'SIGKILL');
    await waitFor('the restarts to be counted', async () => {
      const now = [await restartsOf(system.opsUrl), await restartsOf(shardOpsUrl)];
      return now[0] === before[0]! + 1 && now[1] === before[1]! + 2;
    });
    await system.until('the router to be whole', (now) => readyPids(now.router.workers).length === 2);
    await system.order('/pools/E-P/scale', { workers: 3 });
    await waitFor('three workers', async () => readyPids((await system.instance('E-P')).workers).length === 3);
    await system.order('/pools/E-P/scale', { workers: 1 });
    await waitFor('one worker', async () => (await system.instance('E-P')).workers.length === 1);
    await system.order('/pools/E-P/reload');
    await system.order('/reload');
    await waitFor('the reloads', async () => {
      const operations = [(await system.instance('E-P')).operation, (await system.status()).router.operation];
      return operations.every((operation) => operation?.kind === 'reload' && operation.state === 'done');
    });
    await load.stop();
    const { falls, looks } = await counters.stop();
    expect([falls, looks > 5]).toEqual([[], true]);
    expect([await restartsOf(system.opsUrl), await restartsOf(shardOpsUrl)]).toEqual([before[0]! + 1, before[1]! + 2]);
  });
});
