// One of the two instances of a pool hangs or dies: no client sees an error, at most a slower answer.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../helpers/wait-for.ts';
import { lettersOf, type SeparateInstance, SeparateSystem } from './separate-system.ts';
import { failuresOf, Traffic } from './traffic.ts';

let system: SeparateSystem;

beforeAll(async () => {
  system = await SeparateSystem.open({ instances: [['E-P'], ['E-P']] });
});
afterAll(() => system?.close());

it('hangs, comes back, and then its sibling is killed: 0 failed requests', async () => {
  const [first, second] = system.instances;
  const isDown = async (instance: SeparateInstance): Promise<boolean> =>
    ['down', null].includes(await system.stateOf(instance));
  const traffic = new Traffic({ url: system.url, letters: lettersOf('E-P'), connections: 8, pauseMs: 5 });
  await sleep(1_000);
  const hungAt = performance.now();
  system.hang(first!);
  await waitFor('it to be down', () => isDown(first!));
  await sleep(500);
  system.goOn(first!);
  // Back, and perhaps still ejected: now it is needed all the same.
  await waitFor('it to be back', async () => ['available', 'ejected'].includes((await system.stateOf(first!)) ?? ''));
  const killedAt = performance.now();
  system.kill(second!);
  await waitFor('its sibling to be gone', () => isDown(second!));
  await sleep(500);
  await traffic.stop();

  expect(failuresOf(traffic.outcomes)).toEqual([]);
  expect(traffic.between(killedAt).length).toBeGreaterThan(20);
  expect(Math.max(...traffic.between(hungAt).map(({ ms }) => ms))).toBeLessThan(10_000); // the deadline
});
