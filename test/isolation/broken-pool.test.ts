// A pool whose only instance hangs, and then dies for good: its letters soon say so, all others are as before.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../helpers/wait-for.ts';
import { lettersOf, SeparateSystem } from './separate-system.ts';
import { failuresOf, type Outcome, percentileMs, Traffic } from './traffic.ts';

/** A machine that is busy with other things may take so much longer. */
const BUSY_MS = 1_500;

let system: SeparateSystem;

beforeAll(async () => {
  system = await SeparateSystem.open();
});
afterAll(() => system?.close());

const trafficOf = (range: string): Traffic =>
  new Traffic({ url: system.url, letters: lettersOf(range), connections: 4, pauseMs: 10 });

/** All of them, many, are 503 in the name of E-P, and at once: none has queued for a second. */
function expectUnavailable(outcomes: readonly Outcome[]): void {
  expect(outcomes.length).toBeGreaterThan(20);
  for (const { status, body, retryAfter } of outcomes) {
    expect([status, retryAfter]).toEqual([503, '1']);
    expect(JSON.parse(body)).toMatchObject({ status: 503, detail: 'No instance of range E-P is available right now.' });
  }
  expect(percentileMs(outcomes, 0.95)).toBeLessThan(900);
}

/** None of them failed, and they took no longer than before, very roughly: exact figures need a quiet machine. */
function expectUndisturbed(other: Traffic, sinceMs: number): void {
  expect(failuresOf(other.outcomes)).toEqual([]);
  const [before, since] = [other.between(0, sinceMs), other.between(sinceMs)];
  expect(since.length).toBeGreaterThan(50);
  expect(percentileMs(since, 0.95)).toBeLessThan(5 * percentileMs(before, 0.95) + 250);
}

/** How long it takes, from a moment on, until the router knows that E-P is gone, in ms. */
async function goneAfterMs(sinceMs: number): Promise<number> {
  const instance = system.instanceOf('E-P');
  await waitFor('the router to see it', async () => ['down', null].includes(await system.stateOf(instance)));
  return performance.now() - sinceMs;
}

it('hangs: 503 at once within five seconds, nobody else is held up, and it is back within three seconds', async () => {
  const [hung, ...others] = ['E-P', 'A-D', 'Q-Z'].map(trafficOf);
  await sleep(1_000);
  const hungAt = performance.now();
  system.hang(system.instanceOf('E-P'));
  const noticedAfterMs = await goneAfterMs(hungAt);
  await sleep(2_500); // its lease ends meanwhile
  const backAt = performance.now();
  system.goOn(system.instanceOf('E-P'));
  await waitFor('a page of it', () => hung!.between(backAt).some(({ status }) => status === 200));
  await Promise.all([hung!, ...others].map((traffic) => traffic.stop()));

  expect(noticedAfterMs).toBeLessThan(5_000 + BUSY_MS);
  expectUnavailable(hung!.between(hungAt + noticedAfterMs + 200, backAt - 200));
  const slowest = Math.max(...hung!.between(hungAt, backAt).map(({ ms }) => ms));
  expect(slowest).toBeLessThan(10_000 + BUSY_MS); // the deadline
  const firstPage = hung!.between(backAt).find(({ status }) => status === 200)!;
  expect(firstPage.startedAt - backAt).toBeLessThan(3_000 + BUSY_MS);
  for (const other of others) expectUndisturbed(other, hungAt);
});

it('is killed: 503 at once within a second, and nobody else notices', async () => {
  const [dead, ...others] = ['E-P', 'A-D', 'Q-Z'].map(trafficOf);
  await sleep(700);
  const killedAt = performance.now();
  system.kill(system.instanceOf('E-P'));
  const noticedAfterMs = await goneAfterMs(killedAt);
  await sleep(2_000);
  await Promise.all([dead!, ...others].map((traffic) => traffic.stop()));

  expect(noticedAfterMs).toBeLessThan(1_000 + BUSY_MS);
  expectUnavailable(dead!.between(killedAt + noticedAfterMs + 200));
  for (const other of others) expectUndisturbed(other, killedAt);
});
