import { spawn } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeCores, parseCoreList, planCores } from '../../control/bench/cores.ts';
import { readAutocannon, readWrk } from '../../control/bench/load.ts';
import { cpuBetween, parseStat, treeOf, treeUsage } from '../../control/bench/process-usage.ts';
import { nearestTo } from '../../control/bench/sample-page.ts';
import { waitFor } from '../helpers/wait-for.ts';

describe('cores', () => {
  it.each([
    ['0', [0]],
    ['0-1', [0, 1]],
    ['0-2,5,8-9', [0, 1, 2, 5, 8, 9]],
  ])('%s', (text, expected) => {
    expect(parseCoreList(text)).toEqual(expected);
  });

  it('leave one to the load generator alone, and a third to the upstream where there is one', () => {
    expect(planCores([2, 3])).toEqual({ contender: 2, load: 3, upstream: 2 });
    expect(planCores([0, 1, 2, 3])).toEqual({ contender: 0, load: 1, upstream: 2 });
    expect(describeCores(planCores([0, 1]))).toBe('contender and upstream on core 0, load generator on core 1');
  });

  it('are needed two at least', () => {
    expect(() => planCores([0])).toThrow('needs two cores');
  });
});

describe('CPU time', () => {
  it('is read past names that look like fields', () => {
    const line = '42 (nginx: a) 9 (b) S 7 42 42 0 -1 4194560 100 0 0 0 250 130 0 0 20 0 1 0 1000 1 1';
    expect(parseStat(line)).toEqual({ pid: 42, parent: 7, cpuMs: 3_800 });
  });

  it('is that of a process and all below it', () => {
    const process = (pid: number, parent: number) => ({ pid, parent, cpuMs: 1 });
    const all = [process(1, 0), process(2, 1), process(3, 2), process(4, 3), process(5, 1)];
    expect(treeOf(2, all).map(({ pid }) => pid)).toEqual([2, 3, 4]);
  });

  it('between two looks counts those who came, and not those who went', () => {
    const before = {
      cpuMs: new Map([
        [1, 100],
        [2, 500],
      ]),
      rssMb: 0,
    };
    const after = {
      cpuMs: new Map([
        [1, 140],
        [3, 20],
      ]),
      rssMb: 0,
    };
    expect(cpuBetween(before, after)).toBe(60);
  });

  it.runIf(process.platform === 'linux')('of a busy process grows', async () => {
    const busy = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
    onTestFinished(() => {
      busy.kill('SIGKILL');
    });
    const before = treeUsage(process.pid);
    await waitFor('CPU time', () => (treeUsage(process.pid).cpuMs.get(busy.pid!) ?? 0) >= 100);
    const after = treeUsage(process.pid);
    expect(cpuBetween(before, after)).toBeGreaterThanOrEqual(50);
    expect(after.rssMb).toBeGreaterThan(20);
  });
});

describe('the load generator', () => {
  it('wrk is read from its last line', () => {
    const output = 'Running 2s test\n{"requests":30000,"us":2000000,"errors":1,"p50Us":1500,"p99Us":4250}\n';
    expect(readWrk(output)).toEqual({ requests: 30_000, seconds: 2, errors: 1, p50Ms: 1.5, p99Ms: 4.25 });
  });

  it('autocannon is read from its JSON; a 304 is no error', () => {
    const output = JSON.stringify({
      ...{ requests: { total: 500 }, duration: 2.01, errors: 1, timeouts: 2, latency: { p50: 3, p99: 9 } },
      ...{ non2xx: 400, '3xx': 393, '4xx': 3, '5xx': 4 },
    });
    expect(readAutocannon(output)).toEqual({ requests: 500, seconds: 2.01, errors: 10, p50Ms: 3, p99Ms: 9 });
  });
});

describe('the sample page', () => {
  it('is the one nearest in size', () => {
    const pages = [3_700, 12_600, 11_000, 15_000].map((length) => ({ body: { length } }));
    expect(nearestTo(12_000, pages)).toBe(pages[1]);
  });
});
