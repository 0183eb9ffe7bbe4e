import { describe, expect, it } from 'vitest';
import { countEarlyDeaths, restartDelayMs } from '../../runtime/restart-delay.ts';

it.each([
  [0, 0],
  [1, 100],
  [2, 200],
  [3, 400],
  [6, 3_200],
  [7, 5_000],
  [5_000, 5_000],
])('after %i early deaths in a row a replacement waits %i ms', (earlyDeaths, delayMs) => {
  expect(restartDelayMs(earlyDeaths)).toBe(delayMs);
});

describe('a death', () => {
  it.each([
    ['before it was ready is an early one', null, 3],
    ['just after it was ready, too', 999, 3],
    ['a second after it was ready is not, and makes up for those before', 1_000, 0],
  ])('%s', (_, readyForMs, earlyDeaths) => {
    expect(countEarlyDeaths(2, readyForMs)).toBe(earlyDeaths);
  });
});
