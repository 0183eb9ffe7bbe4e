import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakePool, type FakePool, type Manners } from '../helpers/fake-worker.ts';

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

/** A pool that has been serving for a while. */
async function createServing(count: number, mannersOf?: (n: number) => Manners): Promise<FakePool> {
  const fake = createFakePool(mannersOf);
  await fake.pool.start(count);
  await vi.advanceTimersByTimeAsync(10_000);
  return fake;
}

describe('a worker that dies', () => {
  it('is replaced at once, by one like it', async () => {
    const { pool, workers, events } = await createServing(2);
    workers[0]!.exit('killed by SIGKILL');
    expect(workers).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(0);
    expect(workers[2]!.payload).toBe('old');
    expect(pool.ready.map(({ process }) => process.pid)).toEqual([1002, 1003]);
    expect(events).toContain('crash: worker 1001 killed by SIGKILL; its replacement starts now');
    expect(pool.status().map(({ pid, restarts }) => [pid, restarts])).toEqual([
      [1002, 0],
      [1003, 1],
    ]);
  });

  it('is replaced also when it was the last one', async () => {
    const { pool, workers } = await createServing(2);
    for (const worker of workers.slice()) worker.exit('killed by SIGKILL');
    expect(pool.ready).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(pool.ready).toHaveLength(2);
  });
});

describe('a worker that keeps dying', () => {
  it('waits 100 ms, twice as long each time, never longer than 5 s, and says so', async () => {
    const { workers, events } = await createServing(1, (n) => (n === 1 ? {} : { onStart: 'refuse' }));
    workers[0]!.exit('killed by SIGKILL');
    await vi.advanceTimersByTimeAsync(0);
    const delays: number[] = [];
    let before = performance.now();
    for (let known = workers.length; delays.length < 8; known = workers.length) {
      while (workers.length === known) await vi.advanceTimersByTimeAsync(100);
      delays.push(performance.now() - before);
      before = performance.now();
    }
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    expect(events).toContain(
      'crash: worker 1004 the shard file is damaged; its replacement starts in 400 ms (early death 3 in a row)',
    );
  });

  it.each([
    ['just after it was ready: it waits', 999, 100],
    ['a second after it was ready: it does not', 1_000, 0],
  ])('%s', async (_, lifeMs, delayMs) => {
    const { pool, workers } = createFakePool();
    await pool.start(1);
    await vi.advanceTimersByTimeAsync(lifeMs);
    workers[0]!.exit();
    expect(workers).toHaveLength(delayMs === 0 ? 2 : 1);
    await vi.advanceTimersByTimeAsync(delayMs);
    expect(workers).toHaveLength(2);
  });

  it('is forgiven once it has served for a second', async () => {
    const { workers } = await createServing(1, (n) => (n === 2 || n === 3 ? { onStart: 'die' } : {}));
    workers[0]!.exit();
    await vi.advanceTimersByTimeAsync(100 + 200 + 1_000);
    expect(workers).toHaveLength(4);
    workers[3]!.exit();
    expect(workers).toHaveLength(5);
    await vi.advanceTimersByTimeAsync(10);
    workers[4]!.exit();
    await vi.advanceTimersByTimeAsync(100);
    expect(workers).toHaveLength(6);
  });

  it('is shown as gone while its replacement waits, and leaves the others alone', async () => {
    const { pool, workers } = await createServing(2, (n) => (n <= 2 ? {} : { onStart: 'refuse' }));
    workers[0]!.exit();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(pool.status().map(({ state }) => state)).toEqual(['ready', 'gone']);
    expect(pool.ready.map(({ process }) => process.pid)).toEqual([1002]);
  });
});

describe('a worker that failed', () => {
  it('is replaced at once, while it finishes its answers', async () => {
    const { pool, workers, living, events } = await createServing(1, () => ({ onDrain: 'stay' }));
    workers[0]!.fail('boom');
    await vi.advanceTimersByTimeAsync(0);
    expect(events).toContain('crash: worker 1001 failed (boom); its replacement starts now');
    expect(workers[0]!.isDraining).toBe(true);
    expect(pool.status().map(({ pid, state }) => [pid, state])).toEqual([
      [1001, 'draining'],
      [1002, 'ready'],
    ]);
    workers[0]!.exit();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(living()).toEqual([workers[1]]);
  });

  it('is replaced once, however often it fails', async () => {
    const { workers, living } = await createServing(1, () => ({ onDrain: 'stay' }));
    for (const reason of ['boom', 'boom again', 'and again']) workers[0]!.fail(reason);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(workers).toHaveLength(2);
    workers[0]!.exit();
    expect(living()).toEqual([workers[1]]);
  });

  it('is replaced once, also when it failed early and ends while its replacement waits', async () => {
    const { pool, workers } = createFakePool(() => ({ onDrain: 'stay' }));
    await pool.start(1);
    workers[0]!.fail('boom');
    await vi.advanceTimersByTimeAsync(50);
    workers[0]!.exit();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(workers).toHaveLength(2);
  });

  it('is killed when its answers take longer than the grace time', async () => {
    const { workers } = await createServing(1, () => ({ onDrain: 'stay' }));
    workers[0]!.fail('boom');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(workers[0]!.signals).toEqual(['SIGKILL']);
  });
});

describe('a worker that hangs', () => {
  it('is killed after three missed heartbeats, and replaced', async () => {
    const { pool, workers, events } = await createServing(2);
    workers[0]!.hang();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(workers[0]!.signals).toEqual([]);
    await vi.advanceTimersByTimeAsync(500);
    expect(workers[0]!.signals).toEqual(['SIGKILL']);
    expect(workers[1]!.signals).toEqual([]);
    expect(pool.ready).toHaveLength(2);
    expect(events).toContain('hung: worker 1001 gave no heartbeat: killing it');
    expect(events).toContainEqual(expect.stringMatching(/^crash: worker 1001 hung: no heartbeat for 1[5-9]\d\d ms; /));
  });

  it('is killed also while it drains', async () => {
    const { pool, workers } = await createServing(2, () => ({ onDrain: 'stay' }));
    const scaled = pool.scale(1);
    await vi.advanceTimersByTimeAsync(0);
    workers[1]!.hang();
    await vi.advanceTimersByTimeAsync(2_000);
    await scaled;
    expect(workers[1]!.signals).toEqual(['SIGKILL']);
  });

  it('is given another three heartbeats by a primary that was stopped itself', async () => {
    const { workers, skipTime } = await createServing(2);
    workers[1]!.hang();
    skipTime(60_000);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(workers.map(({ signals }) => signals)).toEqual([[], []]);
    await vi.advanceTimersByTimeAsync(500);
    expect(workers.slice(0, 2).map(({ signals }) => signals)).toEqual([[], ['SIGKILL']]);
  });
});
