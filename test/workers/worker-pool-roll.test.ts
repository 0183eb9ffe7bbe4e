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

function statesOf({ pool }: FakePool): (readonly [pid: number, state: string])[] {
  return pool.status().map(({ pid, state }) => [pid, state]);
}

describe('a roll', () => {
  it('replaces one after the other: new one ready, old one drained, next', async () => {
    const fake = await createServing(2, (n) => (n <= 2 ? { onDrain: 'stay' } : { onStart: 'wait' }));
    const { pool, workers } = fake;
    const rolled = pool.reload('new');
    await vi.advanceTimersByTimeAsync(0);
    const states = [statesOf(fake)];
    workers[2]!.becomeReady();
    await vi.advanceTimersByTimeAsync(0);
    states.push(statesOf(fake));
    workers[0]!.exit('exited with code 0');
    await vi.advanceTimersByTimeAsync(0);
    states.push(statesOf(fake));
    workers[3]!.becomeReady();
    await vi.advanceTimersByTimeAsync(0);
    workers[1]!.exit('exited with code 0');
    await rolled;
    states.push(statesOf(fake));
    expect(states).toEqual([
      [
        [1001, 'ready'],
        [1002, 'ready'],
        [1003, 'starting'],
      ],
      [
        [1001, 'draining'],
        [1002, 'ready'],
        [1003, 'ready'],
      ],
      [
        [1002, 'ready'],
        [1003, 'ready'],
        [1004, 'starting'],
      ],
      [
        [1003, 'ready'],
        [1004, 'ready'],
      ],
    ]);
    expect(pool.payload).toBe('new');
  });

  it('kills, after the grace time, an old worker that does not leave', async () => {
    const { pool, workers, living } = await createServing(1, (n) => (n === 1 ? { onDrain: 'stay' } : {}));
    const rolled = pool.reload('new');
    await vi.advanceTimersByTimeAsync(10_000);
    await rolled;
    expect(workers[0]!.signals).toEqual(['SIGKILL']);
    expect(living()).toEqual([workers[1]]);
  });

  it('counts no crash: who left was told to', async () => {
    const { pool, events } = await createServing(2);
    await pool.reload('new');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(pool.status().map(({ restarts }) => restarts)).toEqual([0, 0]);
    expect(events.filter((event) => event.startsWith('crash'))).toEqual([]);
    expect(events.at(-1)).toBe('reload: 2 workers replaced');
  });

  it('after another one: the last payload wins', async () => {
    const { pool } = await createServing(2);
    await Promise.all([pool.reload('new'), pool.reload('newer')]);
    expect(pool.ready.map(({ payload }) => payload)).toEqual(['newer', 'newer']);
  });
});

describe('a roll that fails', () => {
  it.each([
    ['refuses', { onStart: 'refuse' }, 'the shard file is damaged'],
    ['dies', { onStart: 'die' }, 'exited with code 1'],
    ['hangs', { onStart: 'wait' }, 'hung: no heartbeat'],
  ] as const)('because the new worker %s keeps the old ones serving, and says why', async (_, manners, reason) => {
    const fake = await createServing(2, (n) => (n <= 2 ? {} : manners));
    const { pool, workers, events } = fake;
    const rolled = pool.reload('new');
    rolled.catch(() => {});
    await vi.advanceTimersByTimeAsync(60_000);
    await expect(rolled).rejects.toThrow(`the new worker did not become ready: ${reason}`);
    expect(statesOf(fake)).toEqual([
      [1001, 'ready'],
      [1002, 'ready'],
    ]);
    expect(workers).toHaveLength(3); // and it is not tried again
    expect(workers.filter(({ isDraining }) => isDraining)).toEqual([]);
    expect(pool.payload).toBe('old');
    expect(events.at(-1)).toContain(`reload-failed: the new worker did not become ready: ${reason}`);
  });

  it('because the new worker failed as soon as it was ready loses no worker', async () => {
    const { pool, workers } = await createServing(1, (n) => (n === 2 ? { onStart: 'wait' } : {}));
    const rolled = pool.reload('new');
    rolled.catch(() => {});
    await vi.advanceTimersByTimeAsync(0);
    workers[1]!.becomeReady();
    workers[1]!.fail('boom'); // both reports came in one piece
    await expect(rolled).rejects.toThrow('boom');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(pool.ready.map(({ process }) => process.pid)).toEqual([1001]);
  });

  it('half-way leaves the rest as they are; each is replaced by one like it', async () => {
    const { pool, workers } = await createServing(2, (n) => (n === 4 ? { onStart: 'die' } : {}));
    await expect(pool.reload('new')).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(pool.ready.map(({ payload }) => payload)).toEqual(['old', 'new']);
    for (const { process } of pool.ready) workers[process.id - 1]!.exit();
    await vi.advanceTimersByTimeAsync(0);
    expect(pool.ready.map(({ payload }) => payload)).toEqual(['old', 'new']);
    await pool.reload('newer');
    expect(pool.ready.map(({ payload }) => payload)).toEqual(['newer', 'newer']);
  });
});

describe('a crash during a roll', () => {
  it('of a worker not yet replaced is answered with one of the old payload, which the roll then replaces', async () => {
    const { pool, workers, living } = await createServing(2, (n) => (n === 3 ? { onStart: 'wait' } : {}));
    const rolled = pool.reload('new');
    await vi.advanceTimersByTimeAsync(0);
    workers[1]!.exit('killed by SIGKILL');
    await vi.advanceTimersByTimeAsync(0);
    expect(workers[3]!.payload).toBe('old');
    expect(pool.ready).toHaveLength(2);
    workers[2]!.becomeReady();
    await rolled;
    expect(pool.ready.map(({ payload }) => payload)).toEqual(['new', 'new']);
    expect(living()).toHaveLength(2);
  });

  it('of the very worker being replaced, too', async () => {
    const { pool, workers, living } = await createServing(1, (n) => (n === 2 ? { onStart: 'wait' } : {}));
    const rolled = pool.reload('new');
    await vi.advanceTimersByTimeAsync(0);
    workers[0]!.exit('killed by SIGKILL');
    await vi.advanceTimersByTimeAsync(0);
    expect(pool.ready.map(({ payload }) => payload)).toEqual(['old']);
    workers[1]!.becomeReady();
    await rolled;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(pool.ready.map(({ payload }) => payload)).toEqual(['new']);
    expect(living()).toEqual([workers[1]]);
  });

  it('of a worker that drains already is no loss', async () => {
    const { pool, workers } = await createServing(1, (n) => (n === 1 ? { onDrain: 'stay' } : {}));
    const rolled = pool.reload('new');
    await vi.advanceTimersByTimeAsync(0);
    workers[0]!.fail('boom');
    workers[0]!.exit('killed by SIGSEGV');
    await rolled;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(workers).toHaveLength(2);
  });

  it('loop: the roll takes the place of a replacement that waits', async () => {
    const { pool, workers } = await createServing(1, (n) => (n === 2 || n === 3 ? { onStart: 'refuse' } : {}));
    workers[0]!.exit();
    await vi.advanceTimersByTimeAsync(150); // worker 3 refused, its replacement is due in 150 ms
    expect(workers).toHaveLength(3);
    await pool.reload('new');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(pool.ready.map(({ payload }) => payload)).toEqual(['new']);
    expect(workers).toHaveLength(4);
  });
});

describe('leaving during a roll', () => {
  it.each([
    ['while the new worker starts', 'start'],
    ['while the old worker drains', 'drain'],
  ])('%s leaves none', async (_, moment) => {
    const stay = { onDrain: 'stay' } as const;
    const { pool, workers, living, events } = await createServing(2, (n) =>
      n === 3 && moment === 'start' ? { onStart: 'wait' } : n === 1 ? stay : {},
    );
    const rolled = pool.reload('new');
    rolled.catch(() => {});
    await vi.advanceTimersByTimeAsync(0);
    const drained = pool.drain();
    await vi.advanceTimersByTimeAsync(0);
    workers[0]!.exit('exited with code 0');
    await drained;
    await expect(rolled).rejects.toThrow('leaving');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(living()).toEqual([]);
    expect(workers).toHaveLength(3);
    expect(events.filter((event) => event.startsWith('reload-failed'))).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
