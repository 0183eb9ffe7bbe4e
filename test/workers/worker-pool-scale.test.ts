import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakePool } from '../helpers/fake-worker.ts';

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

describe('scaling', () => {
  it('up adds workers, and is over when they are ready', async () => {
    const { pool, workers, events } = createFakePool((n) => (n <= 2 ? {} : { onStart: 'wait' }));
    await pool.start(2);
    let isOver = false;
    const scaled = pool.scale(4).then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(workers).toHaveLength(4);
    workers[2]!.becomeReady();
    await vi.advanceTimersByTimeAsync(0);
    expect(isOver).toBe(false);
    workers[3]!.becomeReady();
    await scaled;
    expect(pool.ready).toHaveLength(4);
    expect(events).toContain('scale: 2 → 4 workers');
  });

  it('down drains the surplus, and is over when it is gone', async () => {
    const { pool, workers, living } = createFakePool(() => ({ onDrain: 'stay' }));
    await pool.start(3);
    let isOver = false;
    const scaled = pool.scale(1).then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(workers.map(({ isDraining }) => isDraining)).toEqual([false, true, true]);
    workers[2]!.exit('exited with code 0');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(isOver).toBe(false);
    workers[1]!.exit('exited with code 0');
    await scaled;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(living()).toEqual([workers[0]]); // and nobody was taken for a crash
  });

  it('down kills, after the grace time, who does not leave', async () => {
    const { pool, workers, living } = createFakePool(() => ({ onDrain: 'stay' }));
    await pool.start(2);
    const scaled = pool.scale(1);
    await vi.advanceTimersByTimeAsync(10_000);
    await scaled;
    expect(workers[1]!.signals).toEqual(['SIGKILL']);
    expect(living()).toHaveLength(1);
  });

  it('to what it is already does nothing', async () => {
    const { pool, workers, events } = createFakePool();
    await pool.start(2);
    await pool.scale(2);
    expect(workers).toHaveLength(2);
    expect(events.filter((event) => event.startsWith('scale'))).toEqual([]);
  });

  it('survives a crash of a worker that is being added', async () => {
    const { pool, workers } = createFakePool((n) => (n === 2 ? { onStart: 'die' } : {}));
    await pool.start(1);
    const scaled = pool.scale(2);
    await vi.advanceTimersByTimeAsync(1_000);
    await scaled;
    expect(pool.ready).toHaveLength(2);
    expect(workers).toHaveLength(3);
  });
});

describe('scaling while workers keep dying', () => {
  it('fails with the reason, and goes on trying', async () => {
    let isRepaired = false;
    const { pool } = createFakePool((n) => (n === 1 || isRepaired ? {} : { onStart: 'refuse' }));
    await pool.start(1);
    const scaled = pool.scale(3);
    scaled.catch(() => {});
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(scaled).rejects.toThrow('a new worker keeps dying: the shard file is damaged');
    expect(pool.ready).toHaveLength(1);
    isRepaired = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(pool.ready).toHaveLength(3);
  });

  it('does not hold up the order to scale back', async () => {
    const { pool, workers } = createFakePool((n) => (n === 1 ? {} : { onStart: 'refuse' }));
    await pool.start(1);
    const scaled = pool.scale(2);
    await vi.advanceTimersByTimeAsync(50);
    await pool.scale(1);
    await vi.advanceTimersByTimeAsync(60_000);
    await scaled; // there is nothing to wait for any more
    expect(workers).toHaveLength(2);
    expect(pool.status().map(({ state }) => state)).toEqual(['ready']);
  });

  it('does not hold up the reload that cures them', async () => {
    const { pool, workers } = createFakePool((n) => (n === 1 || n > 5 ? {} : { onStart: 'refuse' }));
    await pool.start(1);
    pool.scale(2).catch(() => {});
    await vi.advanceTimersByTimeAsync(1_000); // worker 5 refused, worker 6 is due in 800 ms
    await pool.reload('new');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(pool.ready.map(({ payload }) => payload)).toEqual(['new', 'new']);
    expect(workers).toHaveLength(7);
  });
});

describe('orders', () => {
  it('to scale wait for the roll under way: all workers run the new payload then', async () => {
    const { pool } = createFakePool();
    await pool.start(2);
    await Promise.all([pool.reload('new'), pool.scale(4)]);
    expect(pool.ready.map(({ payload }) => payload)).toEqual(['new', 'new', 'new', 'new']);
  });

  it('to reload roll what was just added, too', async () => {
    const { pool } = createFakePool();
    await pool.start(1);
    await Promise.all([pool.scale(3), pool.reload('new')]);
    expect(pool.ready.map(({ payload }) => payload)).toEqual(['new', 'new', 'new']);
  });

  it('given in a row end as the last one says', async () => {
    const { pool, living } = createFakePool();
    await pool.start(2);
    await Promise.all([4, 1, 3, 2].map((count) => pool.scale(count)));
    expect(pool.ready).toHaveLength(2);
    expect(living()).toHaveLength(2);
  });

  it('wait until the start is over', async () => {
    const { pool, workers } = createFakePool((n) => (n === 1 ? { onStart: 'wait' } : {}));
    const started = pool.start(1);
    const reloaded = pool.reload('new');
    await vi.advanceTimersByTimeAsync(100);
    expect(workers).toHaveLength(1);
    workers[0]!.becomeReady();
    await Promise.all([started, reloaded]);
    expect(pool.ready.map(({ payload }) => payload)).toEqual(['new']);
  });
});
