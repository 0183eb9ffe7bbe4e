// How long a process that died waits for its replacement: none after a healthy life, longer each time after an early
// death, so that a crash loop costs little and ends by itself when its cause does. Pure.

/** A death before readiness, or within this many ms of it, is an early one. */
export const EARLY_DEATH_MS = 1_000;

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** Wait before the replacement, in ms, after so many early deaths in a row (0: a healthy life): 0, 100, 200 … 5000. */
export function restartDelayMs(earlyDeaths: number): number {
  return earlyDeaths === 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (earlyDeaths - 1), LONGEST_DELAY_MS);
}

/** Early deaths in a row, after one more death; `readyForMs` is null when it never was ready. */
export function countEarlyDeaths(before: number, readyForMs: number | null): number {
  return readyForMs !== null && readyForMs >= EARLY_DEATH_MS ? 0 : before + 1;
}
