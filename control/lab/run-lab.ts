// Runs one lab on a bench of its own, within its time, and cleans up after it however it ends.

import { availableParallelism } from 'node:os';
import { DEFAULT_LAYOUT, parseLayout } from '../../people/range.ts';
import { UserError } from '../../runtime/user-error.ts';
import { Bench } from './bench.ts';
import type { Findings, Lab } from './lab.ts';

/** What a run came to; `--json` prints it as it is. */
export interface LabRun extends Findings {
  readonly lab: string;
  readonly source: string;
  readonly why: readonly string[];
  readonly tookS: number;
  readonly machine: { readonly cores: number; readonly node: string };
}

export interface LabOptions {
  /** Ends the lab. */
  readonly signal: AbortSignal;
  /** Phases take this part of their usual time. */
  readonly scale: number;
  readonly say: (line: string) => void;
}

/** A lab with its start and clean-up takes no longer. */
const LIMIT_MS = 60_000;
const CLEAN_UP_MS = 5_000;

/** Runs a lab. Rejects with UserError (failed) when it is interrupted, takes too long, or a part does not start. */
export async function runLab(lab: Lab, { signal, scale, say }: LabOptions): Promise<LabRun> {
  const startedAt = performance.now();
  const over = new AbortController();
  const timer = setTimeout(
    () => over.abort(new UserError('failed', `${lab.name} took too long`)),
    LIMIT_MS - CLEAN_UP_MS,
  );
  const interrupted = (): void => over.abort(new UserError('failed', `${lab.name} was interrupted`));
  signal.addEventListener('abort', interrupted);
  const bench = await Bench.open({
    layout: parseLayout(lab.layout ?? DEFAULT_LAYOUT),
    signal: over.signal,
    scale,
    say,
  });
  try {
    const findings = await Promise.race([lab.run(bench), rejectedBy(over.signal)]);
    const tookS = Math.round(performance.now() - startedAt) / 1_000;
    const machine = { cores: availableParallelism(), node: process.version };
    return { lab: lab.name, source: lab.source, why: lab.why, machine, tookS, ...findings };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupted);
    over.abort(new UserError('failed', `${lab.name} is over`)); // whatever of it still waits ends too
    await bench.close();
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
