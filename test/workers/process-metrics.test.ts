import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Counters } from '../../runtime/counters.ts';
import { renderMetrics } from '../../runtime/metrics.ts';
import { labelsOf, PROCESS_METRICS, type ProcessFacts, processSeries } from '../../runtime/workers/process-metrics.ts';
import { ProcessWatch } from '../../runtime/workers/process-watch.ts';
import { cpuSeconds, VitalSigns, type Vitals } from '../../runtime/workers/vitals.ts';
import { createFakePool, RESTING } from '../helpers/fake-worker.ts';
import { lintMetrics } from '../helpers/prometheus-lint.ts';
import { waitFor } from '../helpers/wait-for.ts';

const BUSY: Vitals = { elu: 0.75, maxDelayS: 0.25, rssBytes: 60_000_000, heapBytes: 9_000_000 };
const FACTS: ProcessFacts = {
  labels: 'range="A-D"',
  restarts: 3,
  primary: { vitals: RESTING, cpuS: 1.5, startedAtMs: 1_700_000_000_000 },
  workers: [BUSY, null, RESTING],
};

function burn(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('the series of processes', () => {
  const series = new Map(processSeries(FACTS));

  it('are by place in the pool, where one that says nothing leaves a gap', () => {
    const loops = [...series].filter(([name]) => name.startsWith('people_event_loop_utilization_ratio'));
    expect(loops).toEqual([
      ['people_event_loop_utilization_ratio{range="A-D",process="primary"}', 0],
      ['people_event_loop_utilization_ratio{range="A-D",process="worker-1"}', 0.75],
      ['people_event_loop_utilization_ratio{range="A-D",process="worker-3"}', 0],
    ]);
  });

  it('count in base units', () => {
    expect(series.get('people_worker_restarts_total{range="A-D"}')).toBe(3);
    expect(series.get('people_event_loop_delay_max_seconds{range="A-D",process="worker-1"}')).toBe(0.25);
    expect(series.get('people_resident_memory_bytes{range="A-D",process="worker-1"}')).toBe(60_000_000);
    expect(series.get('people_heap_used_bytes{range="A-D",process="worker-1"}')).toBe(9_000_000);
    expect(series.get('process_cpu_seconds_total')).toBe(1.5);
    expect(series.get('process_start_time_seconds')).toBe(1_700_000_000);
  });

  it.each(['range="A-D"', ''])('keep to the conventions with the labels %j', async (labels) => {
    const counters = new Counters();
    new VitalSigns().countIn(counters, labelsOf(labels, 'workers'));
    const counted = Object.entries(counters.counts());
    const text = await renderMetrics(PROCESS_METRICS, [...processSeries({ ...FACTS, labels }), ...counted]);
    expect(lintMetrics(text)).toEqual([]);
    for (const { name } of PROCESS_METRICS) expect(text).toContain(`# TYPE ${name} `);
  });
});

describe('vital signs', () => {
  it('show a blocked event loop: for a while as the worst delay, for ever in what is counted', async () => {
    const signs = new VitalSigns();
    const counters = new Counters();
    const late = (): number => {
      const counts = counters.counts();
      return (
        counts['people_event_loop_delay_seconds_count{process="workers"}']! -
        counts['people_event_loop_delay_seconds_bucket{process="workers",le="0.1"}']!
      );
    };
    signs.countIn(counters, labelsOf('', 'workers'));
    const before = cpuSeconds();
    burn(300);
    const busy = await waitFor('the delay to be seen', () => {
      const vitals = signs.read();
      return vitals.maxDelayS > 0.2 ? vitals : null;
    });
    expect(busy.maxDelayS).toBeLessThan(10);
    expect(late()).toBeGreaterThan(0);
    expect(counters.counts()['people_cpu_seconds_total{process="workers"}']).toBeGreaterThan(before);

    const after = signs.read();
    expect(after.maxDelayS).toBeGreaterThanOrEqual(busy.maxDelayS);
    expect(after.rssBytes).toBeGreaterThan(after.heapBytes);
    expect(after.heapBytes).toBeGreaterThan(1_000_000);
  });

  it('show a loop that is blocked all the time, however often they are read', async () => {
    const signs = new VitalSigns();
    const seen: number[] = [];
    for (let round = 0; round < 5; round++) {
      burn(150);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(signs.read().maxDelayS);
    }
    expect(Math.max(...seen)).toBeGreaterThan(0.05);
  });

  it('show no start as work', () => {
    const signs = new VitalSigns();
    burn(50);
    signs.countIn(new Counters(), labelsOf('', 'workers'));
    expect(signs.read().maxDelayS).toBe(0);
  });
});

describe('a primary', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    return () => vi.useRealTimers();
  });

  /** What it tells of its processes. */
  const told = (watch: ProcessWatch, pool: Parameters<ProcessWatch['series']>[0]): Map<string, number> =>
    new Map(watch.series(pool));
  const processesIn = (series: ReadonlyMap<string, number>): string[] =>
    [...series.keys()].flatMap((name) => /^people_resident_memory_bytes\{process="(.*)"\}$/.exec(name)?.[1] ?? []);

  it('tells of itself, and of the workers in their places, however many it has lost', async () => {
    const { pool, workers } = createFakePool();
    const watch = new ProcessWatch('');
    await pool.start(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(processesIn(told(watch, pool))).toEqual(['primary', 'worker-1', 'worker-2']);
    expect(told(watch, pool).get('people_worker_restarts_total{}')).toBe(0);

    workers[0]!.exit('killed by SIGKILL');
    await vi.advanceTimersByTimeAsync(0);
    expect(processesIn(told(watch, pool))).toEqual(['primary', 'worker-1', 'worker-2']);
    expect(told(watch, pool).get('people_worker_restarts_total{}')).toBe(1);
  });

  it('shows no worker in a place whose replacement waits', async () => {
    const { pool, workers } = createFakePool((n) => (n <= 2 ? {} : { onStart: 'refuse' }));
    const watch = new ProcessWatch('');
    await pool.start(2);
    await vi.advanceTimersByTimeAsync(10_000);
    workers[0]!.exit();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(processesIn(told(watch, pool))).toEqual(['primary', 'worker-2']);
  });

  it('counts restarts that neither reloading nor scaling make or take back', async () => {
    const { pool, workers } = createFakePool();
    await pool.start(2);
    await vi.advanceTimersByTimeAsync(10_000);
    await pool.reload('new');
    await pool.scale(3);
    expect(pool.restarts).toBe(0);
    await vi.advanceTimersByTimeAsync(10_000);
    workers.findLast(({ isGone }) => !isGone)!.exit();
    expect(pool.restarts).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    await pool.scale(1);
    await pool.reload('newer');
    expect(pool.restarts).toBe(1);
  });
});
