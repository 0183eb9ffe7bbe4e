import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakePool } from '../helpers/fake-worker.ts';

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

describe('starting', () => {
  it('is over when all workers are ready, each started with the payload', async () => {
    const { pool, workers } = createFakePool();
    await pool.start(3);
    expect(workers.map(({ payload }) => payload)).toEqual(['old', 'old', 'old']);
    expect(pool.ready).toHaveLength(3);
    expect(pool.size).toBe(3);
  });

  it.each([
    ['refuses', { onStart: 'refuse' }, 'the shard file is damaged'],
    ['dies', { onStart: 'die' }, 'exited with code 1'],
  ] as const)('fails when one %s: with its reason, and nothing is left', async (_, manners, reason) => {
    const { pool, workers, living, events } = createFakePool((n) => (n === 2 ? manners : {}));
    await expect(pool.start(3)).rejects.toThrow(reason);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(living()).toEqual([]);
    expect(workers).toHaveLength(3); // none was tried again
    expect(events.filter((event) => event.startsWith('crash'))).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('fails when one fails by itself before it is ready, with its reason', async () => {
    const { pool, workers, living } = createFakePool((n) => (n === 1 ? { onStart: 'wait' } : {}));
    const started = pool.start(2);
    started.catch(() => {});
    await vi.advanceTimersByTimeAsync(0);
    workers[0]!.fail('no such column');
    await expect(started).rejects.toThrow('no such column');
    expect(living()).toEqual([]);
  });

  it('fails when one says nothing for 15 s', async () => {
    const { pool, workers, living } = createFakePool((n) => (n === 1 ? { onStart: 'wait' } : {}));
    const started = pool.start(2);
    started.catch(() => {});
    await vi.advanceTimersByTimeAsync(14_000);
    expect(workers[0]!.signals).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    await expect(started).rejects.toThrow(/^hung: no heartbeat for 15\d{3} ms$/);
    expect(living()).toEqual([]);
  });

  it('replaces one that dies after it was ready, while others still start', async () => {
    const { pool, workers } = createFakePool((n) => (n === 2 ? { onStart: 'wait' } : {}));
    const started = pool.start(2);
    await vi.advanceTimersByTimeAsync(2_000);
    workers[0]!.exit('killed by SIGKILL');
    await vi.advanceTimersByTimeAsync(0);
    workers[1]!.becomeReady();
    await started;
    expect(pool.ready).toHaveLength(2);
  });

  it('fails when the process leaves meanwhile', async () => {
    const { pool, living } = createFakePool(() => ({ onStart: 'wait' }));
    const started = pool.start(2);
    started.catch(() => {});
    await vi.advanceTimersByTimeAsync(100);
    await pool.drain();
    await expect(started).rejects.toThrow();
    expect(living()).toEqual([]);
  });
});

describe('leaving', () => {
  it('drains all, and leaves no worker and no timer', async () => {
    const { pool, workers, living } = createFakePool();
    await pool.start(2);
    await pool.drain();
    expect(workers.map(({ isDraining }) => isDraining)).toEqual([true, true]);
    expect(living()).toEqual([]);
    expect(pool.status()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for a worker that still answers, and kills it after the grace time', async () => {
    const { pool, workers } = createFakePool(() => ({ onDrain: 'stay' }));
    await pool.start(1);
    let hasLeft = false;
    const drained = pool.drain().then(() => {
      hasLeft = true;
    });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(hasLeft).toBe(false);
    expect(workers[0]!.signals).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await drained;
    expect(workers[0]!.signals).toEqual(['SIGKILL']);
  });

  it('replaces nobody: not who dies, not who was about to be', async () => {
    const { pool, workers } = createFakePool(() => ({ onDrain: 'stay' }));
    await pool.start(2);
    workers[0]!.exit(); // its replacement is due in 100 ms
    const drained = pool.drain();
    workers[1]!.exit();
    await drained;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(workers).toHaveLength(2);
  });

  it('takes no order any more', async () => {
    const { pool, workers } = createFakePool();
    await pool.start(1);
    await pool.drain();
    await expect(pool.scale(2)).rejects.toThrow('leaving');
    await expect(pool.reload('new')).rejects.toThrow('leaving');
    expect(workers).toHaveLength(1);
  });

  it('at once kills whoever is there', async () => {
    const { pool, workers } = createFakePool();
    await pool.start(2);
    pool.kill();
    expect(workers.map(({ signals }) => signals)).toEqual([['SIGKILL'], ['SIGKILL']]);
  });
});

describe('status', () => {
  it('shows what each worker is and last said', async () => {
    const { pool, workers } = createFakePool();
    await pool.start(2);
    await vi.advanceTimersByTimeAsync(5_000);
    const vitals = { elu: 0.25, maxDelayS: 0.01, rssBytes: 61 * 1024 * 1024, heapBytes: 20_000_000 };
    workers[1]!.say({
      type: 'beat',
      beat: { counters: {}, gauges: {}, requests: 90, inFlight: 3, connections: 7, vitals },
    });
    const common = { state: 'ready', ageS: 5, restarts: 0 };
    expect(pool.status()).toEqual([
      { pid: 1001, ...common, requests: 0, inFlight: 0, elu: 0, rssMb: 0 },
      { pid: 1002, ...common, requests: 90, inFlight: 3, elu: 0.25, rssMb: 61 },
    ]);
  });
});

describe('counters', () => {
  it('keep what a worker had counted, also what it said last', async () => {
    const { pool, workers } = createFakePool();
    await pool.start(2);
    for (const worker of workers) worker.counters = { people_requests_total: 10 };
    await vi.advanceTimersByTimeAsync(500);
    workers[0]!.counters = { people_requests_total: 12 };
    workers[0]!.beat();
    workers[0]!.exit();
    expect(pool.counters.get('people_requests_total')).toBe(22);
    await vi.advanceTimersByTimeAsync(1_000);
    workers[2]!.counters = { people_requests_total: 1 };
    workers[2]!.beat();
    expect(pool.counters.get('people_requests_total')).toBe(23);
  });

  it('do not listen to the dead', async () => {
    const { pool, workers } = createFakePool();
    await pool.start(1);
    const [worker] = workers;
    worker!.counters = { people_requests_total: 10 };
    worker!.beat();
    worker!.exit();
    worker!.isGone = false; // a report that was on its way
    worker!.beat();
    expect(pool.counters.get('people_requests_total')).toBe(10);
  });
});
