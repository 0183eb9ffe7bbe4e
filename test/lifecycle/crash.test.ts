// The book's crash experiment, and worse: workers die while 50 clients ask, and no client sees it.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EARLY_DEATH_MS } from '../../runtime/restart-delay.ts';
import { watchCounters } from '../helpers/counters.ts';
import { Load } from '../helpers/load.ts';
import { getLetter, serverOf } from '../helpers/people-api.ts';
import { type OwnStatus, RunningSystem, readyPids } from '../helpers/running-system.ts';
import { SABOTAGE, SABOTAGED } from '../helpers/sabotage.ts';
import { waitFor } from '../helpers/wait-for.ts';

const RANGES = ['A-D', 'E-P', 'Q-Z'] as const;
const EXPERIMENT_MS = 10_000;

let system: RunningSystem;

beforeAll(async () => {
  system = await RunningSystem.open({ variables: SABOTAGED });
});
afterAll(() => system?.close());

/** Waits until a range has two ready workers, none of them these. */
async function untilServed(range: string, lost: readonly number[] = []): Promise<OwnStatus> {
  return waitFor(`two ready workers of ${range}`, async () => {
    const status = await system.instance(range);
    const ready = readyPids(status.workers);
    return ready.length === 2 && !ready.some((pid) => lost.includes(pid)) ? status : null;
  });
}

/** Strikes a random worker; gives its pid. */
async function strike(range: string, how: NodeJS.Signals): Promise<number> {
  const pid = pickOne(readyPids((await untilServed(range)).workers));
  process.kill(pid, how);
  return pid;
}

describe('under the load of 50 clients', () => {
  it('a worker of each shard that is killed or throws every 1 to 3 s costs no request', async ({ annotate }) => {
    const own = await Promise.all(RANGES.map((range) => system.instance(range)));
    const counters = watchCounters([system.opsUrl, ...own.map(({ opsUrl }) => opsUrl)]);
    const load = new Load({ url: system.url, files: system.files });
    const ways = [
      'SIGKILL',
      'SIGSEGV',
      SABOTAGE['throws where nobody catches'],
      SABOTAGE['rejects where nobody handles'],
    ] as const;
    const endAt = performance.now() + EXPERIMENT_MS;
    const struck = await Promise.all(
      RANGES.map(async (range) => {
        const pids: number[] = [];
        for (;;) {
          await sleep(1_000 + Math.random() * 2_000);
          if (performance.now() > endAt) return pids;
          pids.push(await strike(range, pickOne(ways)));
        }
      }),
    );
    for (const [i, range] of RANGES.entries()) await untilServed(range, struck[i]!);
    const { requests, failures, slowestMs } = await load.stop();
    const { falls, looks } = await counters.stop();
    const crashes = struck.flat().length;
    await annotate(`${requests} requests, ${crashes} crashes, ${failures.length} failed, slowest ${slowestMs} ms`);
    expect(failures).toEqual([]);
    expect(crashes).toBeGreaterThanOrEqual(RANGES.length * 2);
    expect(requests).toBeGreaterThan(500);
    expect([falls, looks > 20]).toEqual([[], true]);
  });

  it('a worker of each shard that hangs, is stopped or runs out of memory costs no request', async ({ annotate }) => {
    const load = new Load({ url: system.url, files: system.files, pauseMs: 40 });
    const ways = [SABOTAGE['never returns to its event loop'], 'SIGSTOP', SABOTAGE['runs out of memory']] as const;
    await waitFor('the load to be on', () => load.report.requests > 200);
    const struck = await Promise.all(RANGES.map((range, i) => strike(range, ways[i]!)));
    for (const [i, range] of RANGES.entries()) await untilServed(range, [struck[i]!]);
    const { requests, failures, slowestMs } = await load.stop();
    await annotate(`${requests} requests, 3 workers lost, ${failures.length} failed, slowest ${slowestMs} ms`);
    expect(failures).toEqual([]);
    expect(system.start.stderr()).toMatch(new RegExp(`hung: worker ${struck[0]} gave no heartbeat`));
    expect(system.start.stderr()).toMatch(new RegExp(`hung: worker ${struck[1]} gave no heartbeat`));
    expect(system.start.stderr()).toMatch(new RegExp(`crash: worker ${struck[2]} killed by SIGABRT`));
  });
});

describe('an instance that loses all its workers at once', () => {
  it('keeps its port: who connects meanwhile waits, and is answered', async () => {
    const { id, url, workers } = await untilServed('E-P');
    const lost = readyPids(workers);
    for (const pid of lost) process.kill(pid, 'SIGKILL');
    const answers = await Promise.all(['E', 'J', 'P'].map((letter) => getLetter(url, letter)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    for (const answer of answers) {
      expect(serverOf(answer).id).toBe(id);
      expect(lost).not.toContain(serverOf(answer).pid);
    }
    expect((await untilServed('E-P', lost)).url).toBe(url);
  });
});

describe('a worker that was lost', () => {
  it('is replaced at once', async ({ annotate }) => {
    await untilServed('Q-Z');
    await sleep(EARLY_DEATH_MS * 1.1); // a crash loop waits, this is none
    const killedAt = performance.now();
    const pid = await strike('Q-Z', 'SIGKILL');
    await untilServed('Q-Z', [pid]);
    await annotate(`kill -9 to ready replacement: ${Math.round(performance.now() - killedAt)} ms`);
    expect(system.start.stderr()).toContain(`worker ${pid} killed by SIGKILL; its replacement starts now`);
  });

  it('is told with its stack, if it had one, and counted as a restart', async () => {
    const pid = await strike('A-D', SABOTAGE['throws where nobody catches']);
    const { workers } = await untilServed('A-D', [pid]);
    const logged = system.start.logs().find(({ msg }) => msg === `worker ${pid} failed: sabotage`);
    expect(logged).toMatchObject({ name: 'shard A-D', stack: expect.stringContaining('Error: sabotage\n    at ') });
    expect(workers.some(({ restarts }) => restarts > 0)).toBe(true);
  });
});

function pickOne<T>(values: readonly T[]): T {
  return values[Math.floor(Math.random() * values.length)]!;
}
