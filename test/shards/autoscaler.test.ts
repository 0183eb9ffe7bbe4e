// The loop that scales, with a pool that is only numbers and a clock that a test moves.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../../runtime/log.ts';
import { Autoscaler, type ScalablePool } from '../../shards/autoscaler.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An autoscaled pool whose workers are ready as soon as they are wanted. */
function createScaled({ size = 2, max = 8 } = {}) {
  const decisions: string[] = [];
  const letters = new Map<string, number>([...'ABCD'].map((letter) => [letter, 0]));
  const state = {
    size,
    /** Ready workers; null: all. */
    ready: null as number | null,
    load: { elu: 0, inFlight: 0 },
    scale: async (_workers: number): Promise<void> => {},
  };
  const pool: ScalablePool = {
    get size() {
      return state.size;
    },
    loads: () => Array.from({ length: state.ready ?? state.size }, () => state.load),
    scale: async (workers) => {
      state.size = workers;
      await state.scale(workers);
    },
    letters: () => new Map(letters),
  };
  const autoscaler = new Autoscaler({
    pool,
    bounds: { min: 1, max },
    log: createLog('test', 'silent'),
    onDecision: (detail) => decisions.push(detail),
  });
  return {
    autoscaler,
    state,
    decisions,
    ask: (letter: string, times: number) => letters.set(letter, letters.get(letter)! + times),
  };
}

const seconds = (count: number): Promise<unknown> => vi.advanceTimersByTimeAsync(count * 1_000);

describe('an instance that is too busy', () => {
  it('has more workers within five seconds', async () => {
    const { state } = createScaled();
    state.load = { elu: 0.5, inFlight: 1 };
    await seconds(60);
    expect(state.size).toBe(2);
    state.load = { elu: 1, inFlight: 3 };
    await seconds(5);
    expect(state.size).toBe(3);
  });

  it('has them one step at a time, ten seconds apart', async () => {
    const { state } = createScaled();
    state.load = { elu: 1, inFlight: 3 };
    await seconds(5);
    expect(state.size).toBe(4);
    await seconds(5);
    expect(state.size).toBe(4);
    await seconds(5);
    expect(state.size).toBe(7);
  });

  it('says why, for log, events and status', async () => {
    const { autoscaler, state, decisions } = createScaled();
    expect(autoscaler.status).toEqual({ min: 1, max: 8, desired: 2, last: null });
    state.load = { elu: 0.9, inFlight: 3.25 };
    await seconds(5);
    expect(decisions).toEqual(['2 → 3 workers (loop 90 %, 3.3 in flight each, wanted 3)']);
    expect(autoscaler.status.last).toEqual({ at: expect.stringMatching(/^\d{4}-.*Z$/), detail: decisions[0] });
  });

  it('says what it decided by, which is not always what was measured last', async () => {
    const { state, decisions } = createScaled();
    state.load = { elu: 0.6, inFlight: 0 };
    await seconds(60);
    state.load = { elu: 1, inFlight: 12 };
    await seconds(1);
    expect(decisions).toEqual(['2 → 3 workers (loop 67 %, 2.0 in flight each, wanted 3)']);
  });

  it('shows in its status what it wants and may not have', async () => {
    const { autoscaler, state } = createScaled({ max: 2 });
    state.load = { elu: 0.9, inFlight: 3 };
    await seconds(5);
    expect([state.size, autoscaler.status.desired]).toEqual([2, 3]);
  });
});

describe('an instance that is idle', () => {
  it('gives its workers back one by one, a minute apart', async () => {
    const { state, decisions } = createScaled({ size: 3 });
    await seconds(59);
    expect(state.size).toBe(3);
    await seconds(2);
    expect(state.size).toBe(2);
    await seconds(58);
    expect(state.size).toBe(2);
    await seconds(3);
    expect([state.size, decisions.length]).toEqual([1, 2]);
  });

  it('keeps what an operator gave it for a minute', async () => {
    const { state } = createScaled({ size: 2 });
    state.load = { elu: 0.3, inFlight: 0 };
    await seconds(120);
    state.size = 6;
    await seconds(59);
    expect(state.size).toBe(6);
    await seconds(2);
    expect(state.size).toBe(5);
  });
});

describe('while a change is under way', () => {
  it('there is no other, and loads are still measured', async () => {
    const { state, decisions } = createScaled();
    let finish = (): void => {};
    state.scale = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    state.load = { elu: 1, inFlight: 0 };
    await seconds(30);
    expect([state.size, decisions.length]).toEqual([4, 1]);
    finish();
    await seconds(1);
    expect([state.size, decisions.length]).toEqual([7, 2]);
  });

  it('that fails, others come when it has', async () => {
    const { state, decisions } = createScaled();
    state.scale = async () => {
      throw new Error('a new worker keeps dying');
    };
    state.load = { elu: 1, inFlight: 0 };
    await seconds(20);
    expect(decisions.length).toBe(2);
  });

  it('workers that still start do not count as idle ones', async () => {
    const { state } = createScaled();
    state.load = { elu: 0.8, inFlight: 0 };
    await seconds(4);
    expect(state.size).toBe(3);
    state.ready = 2;
    await seconds(120);
    expect(state.size).toBe(3);
  });

  it('nothing is decided while no worker is ready', async () => {
    const { state, decisions } = createScaled();
    state.ready = 0;
    await seconds(120);
    expect(decisions).toEqual([]);
  });
});

describe('more workers for one letter alone', () => {
  const NOTE = /% of requests are for A: more workers help, a split would not$/;

  /** The decision of a busy instance after these requests a second, each for some seconds. */
  async function decisionAfter(...phases: readonly (readonly [seconds: number, letters: string])[]): Promise<string> {
    const { autoscaler, state, decisions, ask } = createScaled();
    state.load = { elu: 0.6, inFlight: 0 };
    for (const [duration, letters] of phases) {
      for (let s = 0; s < duration; s++) {
        for (const letter of letters) ask(letter, 10);
        await seconds(1);
      }
    }
    state.load = { elu: 1, inFlight: 0 };
    for (let s = 0; s < 5; s++) {
      for (const letter of phases.at(-1)![1]) ask(letter, 10);
      await seconds(1);
    }
    autoscaler.close();
    return decisions[0]!;
  }

  it.each<[what: string, phases: (readonly [number, string])[], isSaid: boolean]>([
    ['are said to be so', [[5, 'A']], true],
    ['are, with few others', [[5, 'AAAAAAAAB']], true],
    ['are not, when two letters make the load', [[5, 'AB']], false],
    ['are not, when a third is others', [[5, 'AAB']], false],
    [
      'are, however even the load was before',
      [
        [600, 'ABCD'],
        [5, 'A'],
      ],
      true,
    ],
    [
      'are not, when it was so only before',
      [
        [600, 'A'],
        [5, 'ABCD'],
      ],
      false,
    ],
  ])('%s', async (_, phases, isSaid) => {
    const decision = await decisionAfter(...phases);
    if (isSaid) expect(decision).toMatch(NOTE);
    else expect(decision).not.toMatch(/more workers help/);
  });

  it('are nothing to tell of in a range of one letter: it is split already', async () => {
    const { autoscaler, state, decisions, ask } = createScaled();
    autoscaler.close();
    const only = new Autoscaler({
      pool: {
        size: 2,
        loads: () => [state.load, state.load],
        scale: async () => {},
        letters: () => new Map([['S', 5_000]]),
      },
      bounds: { min: 1, max: 8 },
      log: createLog('test', 'silent'),
      onDecision: (detail) => decisions.push(detail),
    });
    state.load = { elu: 1, inFlight: 0 };
    ask('A', 1);
    await seconds(5);
    only.close();
    expect(decisions[0]).not.toMatch(/more workers help/);
  });
});

it('ends when it is closed', async () => {
  const { autoscaler, state, decisions } = createScaled();
  state.load = { elu: 1, inFlight: 0 };
  autoscaler.close();
  await seconds(60);
  expect([decisions, vi.getTimerCount()]).toEqual([[], 0]);
});
