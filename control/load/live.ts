// How a load goes, on stderr: one line that stays up to date on a terminal, elsewhere a plain line per tenth of the
// time, at most one a second.

import type { WriteStream } from 'node:tty';
import { grouped, milliseconds } from './figures.ts';
import type { LoadSummary } from './tally.ts';

const LOOK_MS = 500;
const PLAIN_LINE_MS = 1_000;
const CLEAR_LINE = '\r\x1b[K';

/** Shows `summary` of the time elapsed until the returned function is called. */
export function showLive(
  stream: Pick<WriteStream, 'write' | 'isTTY'>,
  durationMs: number,
  summary: (elapsedMs: number) => LoadSummary,
): () => void {
  const startedAt = performance.now();
  const everyMs = stream.isTTY ? LOOK_MS : Math.max(PLAIN_LINE_MS, durationMs / 10);
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startedAt;
    const line = liveLine(summary(elapsedMs), elapsedMs, durationMs);
    stream.write(stream.isTTY ? `${CLEAR_LINE}  ${line}` : `load: ${line}\n`);
  }, everyMs);
  return () => {
    clearInterval(timer);
    if (stream.isTTY) stream.write(CLEAR_LINE);
  };
}

/** Short enough for one line of 80 columns. */
export function liveLine(summary: LoadSummary, elapsedMs: number, durationMs: number): string {
  const seconds = (ms: number): string => String(Math.round(ms / 1_000));
  const { perSecond, latencyMs, failed } = summary;
  return [
    `${seconds(Math.min(elapsedMs, durationMs))} of ${seconds(durationMs)} s`,
    `${grouped(Math.round(perSecond.mean))} answers/s`,
    `p99 ${milliseconds(latencyMs.p99)}`,
    `${grouped(failed)} failed`,
  ].join(' · ');
}
