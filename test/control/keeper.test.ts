import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Child, ChildEvents, Ending, Ready } from '../../control/child.ts';
import { Keeper } from '../../control/keeper.ts';
import { createLog } from '../../runtime/log.ts';

const KILLED: Ending = { code: null, signal: 'SIGKILL', reason: null };
const ADDRESS: Ready = { url: 'http://127.0.0.1:4001', opsUrl: 'http://127.0.0.1:4101' };
const LEFT: Ending = { code: 0, signal: null, reason: null };

/** A process that does what the test says. */
class FakeChild implements Child {
  readonly pid: number;
  readonly before: Ready | null;
  readonly events: ChildEvents;
  readonly asked: string[] = [];

  constructor(pid: number, before: Ready | null, events: ChildEvents) {
    this.pid = pid;
    this.before = before;
    this.events = events;
  }

  drain(): void {
    this.asked.push('drain');
  }

  reload(): void {
    this.asked.push('reload');
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.asked.push(signal);
    if (signal === 'SIGKILL') queueMicrotask(() => this.events.onEnd(KILLED));
  }
}

function createKeeper(): { keeper: Keeper; children: FakeChild[] } {
  const children: FakeChild[] = [];
  const keeper = new Keeper({
    name: 'shard E-P',
    log: createLog('test', 'silent'),
    start: (before, events) => {
      const child = new FakeChild(children.length + 1, before, events);
      children.push(child);
      return child;
    },
  });
  return { keeper, children };
}

async function createReady(): Promise<{ keeper: Keeper; children: FakeChild[] }> {
  const { keeper, children } = createKeeper();
  const first = keeper.start();
  children[0]!.events.onReady(ADDRESS);
  await first;
  return { keeper, children };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a kept process', () => {
  it('is started once and known by its address', async () => {
    const { keeper, children } = await createReady();
    expect(children).toHaveLength(1);
    expect(keeper).toMatchObject({ pid: 1, ...ADDRESS });
  });

  it('comes back at once, at its old address, after it had served for a while', async () => {
    const { keeper, children } = await createReady();
    vi.advanceTimersByTime(1_000);
    children[0]!.events.onEnd(KILLED);
    vi.advanceTimersByTime(0);
    expect(children).toHaveLength(2);
    expect(children[1]!.before).toEqual(ADDRESS);
    children[1]!.events.onReady(ADDRESS);
    expect(keeper.pid).toBe(2);
  });

  it('is asked to reload while it serves, and only then', async () => {
    const { keeper, children } = createKeeper();
    keeper.reload();
    keeper.start();
    keeper.reload();
    children[0]!.events.onReady(ADDRESS);
    keeper.reload();
    expect(children[0]!.asked).toEqual(['reload']);
  });

  it('waits 100, 200, 400 ms … when it keeps dying young', async () => {
    const { children } = await createReady();
    for (const delayMs of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
      const alive = children.length;
      children.at(-1)!.events.onEnd(KILLED);
      vi.advanceTimersByTime(delayMs - 1);
      expect(children).toHaveLength(alive);
      vi.advanceTimersByTime(1);
      expect(children).toHaveLength(alive + 1);
    }
  });
});

describe('a process that cannot start', () => {
  it('is given up with its own words', async () => {
    const { keeper, children } = createKeeper();
    const first = keeper.start();
    children[0]!.events.onEnd({ code: 1, signal: null, reason: 'port 8080 is taken' });
    await expect(first).rejects.toThrow('port 8080 is taken');
    vi.runAllTimers();
    expect(children).toHaveLength(1);
    await expect(keeper.drain()).resolves.toBe(false);
  });

  it('is given up with how it ended when it had none', async () => {
    const { keeper, children } = createKeeper();
    const first = keeper.start();
    children[0]!.events.onEnd(KILLED);
    await expect(first).rejects.toThrow('shard E-P did not start: killed by SIGKILL');
  });
});

describe('a process that is to leave', () => {
  it('is asked once, and not started again', async () => {
    const { keeper, children } = await createReady();
    const gone = keeper.drain();
    children[0]!.events.onEnd(LEFT);
    await expect(gone).resolves.toBe(true);
    await expect(keeper.drain()).resolves.toBe(true);
    vi.runAllTimers();
    expect(children).toHaveLength(1);
    expect(children[0]!.asked).toEqual(['drain']);
  });

  it('says when it left work unfinished', async () => {
    const { keeper, children } = await createReady();
    const gone = keeper.drain();
    children[0]!.events.onEnd({ code: 1, signal: null, reason: null });
    await expect(gone).resolves.toBe(false);
  });

  it('is ended by signal while it is still starting', async () => {
    const { keeper, children } = createKeeper();
    keeper.start();
    const gone = keeper.drain();
    expect(children[0]!.asked).toEqual(['SIGTERM']);
    children[0]!.events.onEnd({ code: null, signal: 'SIGTERM', reason: null });
    await expect(gone).resolves.toBe(true);
  });

  it('is gone at once while it waits to be started again', async () => {
    const { keeper, children } = await createReady();
    children[0]!.events.onEnd(KILLED);
    await expect(keeper.drain()).resolves.toBe(true);
    vi.runAllTimers();
    expect(children).toHaveLength(1);
  });

  it('is never started when it was told before', async () => {
    const { keeper, children } = createKeeper();
    await expect(keeper.drain()).resolves.toBe(true);
    keeper.start();
    expect(children).toHaveLength(0);
  });

  it('is killed when there is no time', async () => {
    const { keeper, children } = await createReady();
    await keeper.kill();
    expect(children[0]!.asked).toContain('SIGKILL');
    vi.runAllTimers();
    expect(children).toHaveLength(1);
  });
});
