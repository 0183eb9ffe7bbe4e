// Orders to a system at work: reload, scale, serve other data, take in an instance and let it go. 50 clients ask all the
// while, and none of them may notice anything.

import { stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { InstanceView, StatusView } from '../../control/ops-client.ts';
import { comparePeople } from '../../people/person.ts';
import { spawnCli } from '../helpers/cli.ts';
import { Load, type LoadReport } from '../helpers/load.ts';
import { type Page, walkLetter } from '../helpers/people-api.ts';
import { instancesIn, instancesOf, RunningSystem, readyPids } from '../helpers/running-system.ts';
import { waitFor } from '../helpers/wait-for.ts';

const PAUSE_MS = 40;
const PATIENCE_MS = 30_000;

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.open();
});
afterAll(() => system?.close());

/** Load from now on; its report must be without a failure. */
async function underLoad(work: (load: Load) => Promise<void>, pauseMs = PAUSE_MS): Promise<LoadReport> {
  const load = new Load({ url: system.url, files: system.files, pauseMs });
  try {
    await waitFor('the load to be on', () => load.report.requests > 200);
    await work(load);
  } finally {
    await load.stop();
  }
  expect(load.report.failures).toEqual([]);
  return load.report;
}

const workersIn = (status: StatusView, range: string): number[] => readyPids(instancesIn(status, range)[0]!.workers);

/** Pids of all workers: the router's and each instance's. */
function allWorkers(status: StatusView): number[] {
  return [...readyPids(status.router.workers), ...instancesOf(status).flatMap(({ workers }) => readyPids(workers))];
}

/** Waits until an order to all ended, as these say of themselves. */
function untilEnded(isDone: (instance: Pick<InstanceView, 'operation'>) => boolean): Promise<StatusView> {
  return system.until(
    'the order to end',
    (status) => [status.router, ...instancesOf(status)].every((each) => each.operation && isDone(each)),
    PATIENCE_MS,
  );
}

describe('a rolling reload of everything', () => {
  it('replaces every worker of router and shards, and costs no request', async ({ annotate }) => {
    const before = await system.status();
    const { requests } = await underLoad(async () => {
      system.start.signal('SIGUSR2');
      await system.until(
        'all workers to be others',
        (status) => {
          const [now, old] = [allWorkers(status), allWorkers(before)];
          return now.length === old.length && !now.some((pid) => old.includes(pid));
        },
        PATIENCE_MS,
      );
      await untilEnded(({ operation }) => operation?.state === 'done');
    });
    const after = await system.status();
    await annotate(`${requests} requests, 0 failed; workers ${allWorkers(before)} → ${allWorkers(after)}`);
    expect(instancesOf(after).map(({ id, pid }) => [id, pid])).toEqual(
      instancesOf(before).map(({ id, pid }) => [id, pid]),
    );
    expect(after.router.pid).toBe(before.router.pid);
  });
});

describe('scaling one hot shard', () => {
  /** Requests per worker of E-P within two seconds, each as a part of the fair share. */
  async function shares(load: Load, workers: readonly number[]): Promise<number[]> {
    const answered = (): number[] =>
      workers.map((pid) => [...load.report.byServer].find(([name]) => name.endsWith(`/${pid}`))?.[1] ?? 0);
    const before = answered();
    await sleep(2_000);
    const counts = answered().map((count, i) => count - before[i]!);
    const fair = counts.reduce((sum, count) => sum + count) / workers.length;
    return counts.map((count) => count / fair);
  }

  it('2 → 4 → 1 changes only that pool, shares the work, and costs no request', async ({ annotate }) => {
    const before = await system.status();
    const seen: string[] = [];
    const scaling = async (load: Load): Promise<void> => {
      for (const count of [4, 1]) {
        await system.order('/pools/E-P/scale', { workers: count });
        const status = await system.until(
          `${count} workers`,
          (now) => workersIn(now, 'E-P').length === count && instancesIn(now, 'E-P')[0]!.workers!.length === count,
          PATIENCE_MS,
        );
        for (const range of ['A-D', 'Q-Z']) expect(workersIn(status, range)).toEqual(workersIn(before, range));
        const fair = await waitFor('each worker to have its share', async () => {
          const parts = await shares(load, workersIn(status, 'E-P'));
          return parts.every((part) => part > 0.5 && part < 1.5) ? parts : null;
        });
        seen.push(
          `${count} workers: ${fair.map((part) => `${Math.round(part * 100)} %`).join(', ')} of the fair share`,
        );
      }
    };
    const { requests } = await underLoad(scaling, 0);
    await annotate(`${requests} requests, 0 failed; ${seen.join('; ')}`);
    await system.order('/pools/E-P/scale', { workers: 2 });
    await system.until('2 workers', (status) => workersIn(status, 'E-P').length === 2);
  });
});

describe('other data', () => {
  it('seeded and reloaded at work: no request fails, no answer mixes, cursors from before go on', async ({
    annotate,
  }) => {
    const [oldPage] = await walkLetter(system.url, 'J', 20);
    const old = await system.files.readCurrent();
    const { requests, byDataset } = await underLoad(async () => {
      const dataset = await system.seed('--people', '1500', '--seed', '7');
      system.start.signal('SIGUSR2');
      await system.until(
        'all to serve it',
        (status) => status.dataset === dataset && instancesOf(status).every((instance) => instance.dataset === dataset),
        PATIENCE_MS,
      );
      await untilEnded(({ operation }) => operation?.state === 'done');
    });
    const dataset = await system.files.readCurrent();
    await annotate(`${requests} requests, 0 failed; ${JSON.stringify(Object.fromEntries(byDataset))}`);
    expect([...byDataset.keys()].sort()).toEqual([old, dataset].sort());
    expect(system.files.count(dataset)).toBe(1_500);
    expect((await system.status()).pools.reduce((sum, { people }) => sum + people!, 0)).toBe(1_500);

    const all = (await walkLetter(system.url, 'J', 1_000)).flatMap(({ people }) => people);
    const last = oldPage!.people.at(-1)!;
    const next = await fetch(system.url + oldPage!.next);
    expect(next.status).toBe(200);
    const { people } = (await next.json()) as Page;
    const behind = all.filter((person) => comparePeople(person as never, last as never) > 0);
    expect(people).toEqual(behind.slice(0, 20));
  });

  it('that is damaged stops the roll, says why, and the old goes on being served', async () => {
    const before = await system.status();
    const { byDataset } = await underLoad(async () => {
      const dataset = await system.seed('--seed', '8');
      const file = join(system.dataFolder, dataset, 'E-P.json');
      await truncate(file, (await stat(file)).size - 100);
      await system.order('/pools/E-P/reload');
      const status = await system.until(
        'the reload to fail',
        (now) => instancesIn(now, 'E-P')[0]!.operation?.state === 'failed',
        PATIENCE_MS,
      );
      expect(instancesIn(status, 'E-P')[0]!.operation).toEqual({
        kind: 'reload',
        state: 'failed',
        detail: expect.stringMatching(/^the new worker did not become ready: .*E-P\.json is damaged/),
      });
      expect(workersIn(status, 'E-P')).toEqual(workersIn(before, 'E-P'));
      expect(instancesIn(status, 'E-P')[0]!.dataset).toBe(before.dataset);
    });
    expect([...byDataset.keys()]).toEqual([before.dataset]);
  });

  it('is served once it is repaired', async () => {
    const dataset = await system.seed('--seed', '8');
    await system.order('/pools/E-P/reload');
    await system.until('it to be served', (status) => {
      const [instance] = instancesIn(status, 'E-P');
      return instance!.dataset === dataset && instance!.operation?.state === 'done';
    });
  });

  it('whose layout lacks a range is not for its instance, which says so and goes on', async () => {
    const before = await system.status();
    const { byDataset } = await underLoad(async () => {
      await system.seed('--seed', '8', '--shards', 'A-M,N-Z');
      for (const { range } of before.pools) await system.order(`/pools/${range}/reload`);
      const status = await system.until('the reloads to fail', (now) =>
        instancesOf(now).every(({ operation }) => operation?.state === 'failed'),
      );
      for (const { range } of before.pools) {
        expect(instancesIn(status, range)[0]!.operation?.detail).toMatch(`range ${range} is not in the layout`);
      }
      expect(allWorkers(status)).toEqual(allWorkers(before));
    });
    expect(byDataset.size).toBe(2); // E-P moved on in the test before, its neighbours did not
  });
});

describe('a further instance', () => {
  it('joins the pool from another terminal, works, and leaves in order', async ({ annotate }) => {
    await system.seed('--seed', '8');
    const own = ['--id', 'guest', '--workers', '1', '--port', '0', '--ops-port', '0'];
    const shard = spawnCli(['shard', 'E-P', '--registry', system.opsUrl, '--data', system.dataFolder, ...own]);
    onTestFinished(() => shard.stop());
    await shard.ready();
    const { requests, byServer } = await underLoad(async (load) => {
      await system.until('it to be available', (status) =>
        instancesIn(status, 'E-P').some(({ id, state }) => id === 'guest' && state === 'available'),
      );
      const answered = (): number =>
        [...load.report.byServer].reduce((sum, [name, count]) => sum + (name.startsWith('guest/') ? count : 0), 0);
      await waitFor('it to have work', () => answered() > 100);
      shard.signal('SIGTERM');
      expect(await shard.ended).toMatchObject({ code: 0, signal: null });
      await system.until('it to be forgotten', (status) => instancesIn(status, 'E-P').length === 1);
      const count = answered();
      const { requests: asked } = load.report;
      await waitFor('others to do the work', () => load.report.requests > asked + 200);
      expect(answered()).toBe(count);
    });
    await annotate(`${requests} requests, 0 failed; ${JSON.stringify(Object.fromEntries(byServer))}`);
  });
});
