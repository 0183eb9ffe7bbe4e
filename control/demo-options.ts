// What `zpeople start --demo` takes instead of the usual defaults: work that a core can feel, and autoscaling with room
// to show itself. What the user said stays. Pure.

import type { FlagValues } from './flag.ts';
import type { START_FLAGS } from './flags.ts';

type StartOptions = FlagValues<typeof START_FLAGS>;

const WORK_MS = 5;
const MIN_WORKERS = 2;
const MAX_WORKERS = 4;
/** Requests/s of a load: what makes two workers too few, where there are cores for more. */
const RATE = { few: 220, enough: 400 };
const ENOUGH_CORES = 4;

/** The options of a demo; `isGiven` says which ones the user chose. */
export function demoOptions(options: StartOptions, isGiven: (key: keyof StartOptions) => boolean): StartOptions {
  const choose = <K extends keyof StartOptions>(key: K, value: StartOptions[K]): StartOptions[K] =>
    isGiven(key) ? options[key] : value;
  const maxWorkers = choose('maxWorkers', Math.max(MAX_WORKERS, options.minWorkers, options.maxWorkers));
  return {
    ...options,
    workMs: choose('workMs', WORK_MS),
    autoscale: choose('autoscale', true),
    minWorkers: choose('minWorkers', Math.min(MIN_WORKERS, maxWorkers)),
    maxWorkers,
  };
}

/** Requests per second of a demo's load on a machine with so many cores. */
export function demoLoadRate(cores: number): number {
  return cores >= ENOUGH_CORES ? RATE.enough : RATE.few;
}
