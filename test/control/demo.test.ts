import { describe, expect, it } from 'vitest';
import { Demo, readyWorkers } from '../../control/demo.ts';
import { demoOptions } from '../../control/demo-options.ts';
import { defaultsOf } from '../../control/flag.ts';
import { START_FLAGS } from '../../control/flags.ts';
import type { StatusView } from '../../control/ops-client.ts';
import type { DemoReport } from '../../router/ops/demo-protocol.ts';

const DEFAULTS = { ...defaultsOf(START_FLAGS), maxWorkers: 2 };

function worker(pid: number, state = 'ready') {
  return { pid, state, ageS: 1, restarts: 0, requests: 0, inFlight: 0, elu: 0, rssMb: 1 };
}
function instance(pid: number, ...workers: ReturnType<typeof worker>[]) {
  return { id: `i-${pid}`, url: '', pid, state: 'available', dataset: 'd', workers, operation: null };
}
const STATUS: StatusView = {
  ...{ dataset: 'd', epoch: 1, layout: ['A-M', 'N-Z'], router: { pid: 1, workers: [worker(2)], operation: null } },
  pools: [
    {
      range: 'A-M',
      people: 1,
      instances: [instance(10, worker(11), worker(12, 'draining')), instance(20, worker(21))],
    },
    { range: 'N-Z', people: 1, instances: [instance(30, worker(31))] },
  ],
};

describe('who a visitor may hit', () => {
  it('is a ready worker of the range, of an instance of ours', () => {
    expect(readyWorkers(STATUS, 'A-M', (pid) => pid !== 20)).toEqual([11]);
    expect(readyWorkers(STATUS, 'A-M', () => false)).toEqual([]);
    expect(readyWorkers(STATUS, 'B-C', () => true)).toEqual([]);
  });

  it('is nobody where nobody is ours, and that is said', async () => {
    const reports: DemoReport[] = [];
    const demo = new Demo({ url: () => '', status: async () => STATUS, isOurs: () => false, loadRate: 1 });
    await demo.grant({ demo: 'kill', range: 'A-M' }, (report) => reports.push(report));
    expect(reports).toEqual([
      { kind: 'demo-failed', detail: 'kill: no worker of this machine is ready in A-M', range: 'A-M' },
    ]);
  });
});

describe('the options of a demo', () => {
  it('make load felt and scaling seen', () => {
    expect(demoOptions(DEFAULTS, () => false)).toMatchObject({
      ...{ workMs: 5, autoscale: true, minWorkers: 2, maxWorkers: 4 },
    });
  });

  it('leave alone what the user chose', () => {
    const chosen = { ...DEFAULTS, workMs: 0, maxWorkers: 1 };
    expect(demoOptions(chosen, (key) => key === 'workMs' || key === 'maxWorkers')).toMatchObject({
      ...{ workMs: 0, autoscale: true, minWorkers: 1, maxWorkers: 1 },
    });
    expect(demoOptions({ ...DEFAULTS, minWorkers: 8 }, (key) => key === 'minWorkers')).toMatchObject({
      ...{ minWorkers: 8, maxWorkers: 8 },
    });
  });
});
