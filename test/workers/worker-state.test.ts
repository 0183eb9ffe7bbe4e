import { describe, expect, it } from 'vitest';
import { isHung, nextWorkerState, type WorkerEvent, type WorkerState } from '../../runtime/workers/worker-state.ts';

const NOW = 10_000;
const starting: WorkerState = { kind: 'starting', since: 1_000 };
const ready: WorkerState = { kind: 'ready', since: 2_000 };
const drainingReady: WorkerState = { kind: 'draining', since: 5_000, readySince: 2_000 };
const drainingUnready: WorkerState = { kind: 'draining', since: 5_000, readySince: null };
const gone: WorkerState = { kind: 'gone', since: 6_000, how: 'killed by SIGKILL', readyForMs: 3_000 };

const becameReady: WorkerEvent = { kind: 'became-ready' };
const drainingBegan: WorkerEvent = { kind: 'draining-began' };
const exited: WorkerEvent = { kind: 'exited', how: 'exited with code 1' };
const end = (readyForMs: number | null): WorkerState => ({
  kind: 'gone',
  since: NOW,
  how: 'exited with code 1',
  readyForMs,
});

describe('a worker', () => {
  const rows: readonly (readonly [string, WorkerState, WorkerEvent, WorkerState])[] = [
    ['that starts becomes ready', starting, becameReady, { kind: 'ready', since: NOW }],
    ['that starts may be told to drain', starting, drainingBegan, { kind: 'draining', since: NOW, readySince: null }],
    ['that starts may die: it never was ready', starting, exited, end(null)],
    ['that is ready stays so', ready, becameReady, ready],
    ['that is ready drains', ready, drainingBegan, { kind: 'draining', since: NOW, readySince: 2_000 }],
    ['that is ready may die: it was ready until now', ready, exited, end(8_000)],
    ['that drains is not ready again', drainingUnready, becameReady, drainingUnready],
    ['that drains does not begin again', drainingReady, drainingBegan, drainingReady],
    ['that drains leaves: it was ready until it drained', drainingReady, exited, end(3_000)],
    ['that drained before it was ready leaves: it never was', drainingUnready, exited, end(null)],
    ['that is gone does not become ready', gone, becameReady, gone],
    ['that is gone does not drain', gone, drainingBegan, gone],
    ['that is gone is gone once', gone, exited, gone],
  ];
  it.each(rows)('%s', (_, state, event, next) => {
    expect(nextWorkerState(state, event, NOW)).toEqual(next);
  });
});

describe('silence', () => {
  const rows: readonly (readonly [string, WorkerState, number, boolean])[] = [
    ['of three heartbeats is none yet', ready, 1_500, false],
    ['of more than three heartbeats means hung', ready, 1_501, true],
    ['means the same while draining', drainingReady, 1_501, true],
    ['may be long while starting: a large shard loads', starting, 15_000, false],
    ['while starting does not last for ever', starting, 15_001, true],
    ['may be long for one that was told to drain while it started', drainingUnready, 15_000, false],
    ['of the dead is eternal', gone, 1e9, false],
  ];
  it.each(rows)('%s', (_, state, silentForMs, expected) => {
    expect(isHung(state, silentForMs)).toBe(expected);
  });
});
