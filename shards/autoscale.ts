// How many workers an instance should have, from how busy they are. Pure: samples in, a decision out; autoscaler.ts
// measures and acts. The rule is that of Kubernetes' horizontal autoscaler (desired = ceil(n × load / target), a
// tolerance, quick up, slow down), on event loop utilisation and requests in flight.

/** How busy the ready workers were at one moment. Workers still starting are not in it. */
export interface LoadSample {
  readonly atMs: number;
  readonly workers: number;
  /** Mean event loop utilisation, 0 to 1. */
  readonly elu: number;
  /** Mean requests in flight per worker. */
  readonly inFlight: number;
}

export interface ScaleBounds {
  readonly min: number;
  readonly max: number;
}

/** When the number of workers last changed, in ms. */
export interface ScaleHistory {
  readonly lastUpMs: number;
  readonly lastChangeMs: number;
}

export type ScaleDecision =
  | { readonly kind: 'stay'; readonly desired: number }
  | { readonly kind: 'up' | 'down'; readonly workers: number; readonly desired: number };

export const TARGET_ELU = 0.6;
export const TARGET_IN_FLIGHT = 32;
export const UP_WINDOW_MS = 3_000;
export const DOWN_WINDOW_MS = 60_000;
const COOLDOWN_MS = 10_000;
const TOLERANCE = 0.1;

/**
 * Decides for `current` workers. `samples` are the last minute's, oldest first. Up: when the mean of the last 3 s asks
 * for it, at most doubling, 10 s apart. Down: by one, when nothing changed for 60 s, and never below what any
 * moment of those 60 s asked for.
 */
export function decideScale(
  samples: readonly LoadSample[],
  current: number,
  { lastUpMs, lastChangeMs }: ScaleHistory,
  { min, max }: ScaleBounds,
  nowMs: number,
): ScaleDecision {
  const clamp = (workers: number): number => Math.min(max, Math.max(min, workers));
  if (current !== clamp(current))
    return { kind: current < min ? 'up' : 'down', workers: clamp(current), desired: current };

  const load = recentLoad(samples, nowMs);
  const isCovered = samples.some(({ atMs }) => atMs <= nowMs - UP_WINDOW_MS);
  if (!load || !isCovered) return { kind: 'stay', desired: current };
  const desired = desiredWorkers(load, current);
  if (desired > current) {
    const workers = clamp(Math.min(desired, current * 2));
    if (workers > current && nowMs - lastUpMs >= COOLDOWN_MS) return { kind: 'up', workers, desired };
    return { kind: 'stay', desired };
  }

  const since = nowMs - DOWN_WINDOW_MS;
  const isQuiet = lastChangeMs <= since && samples.some(({ atMs }) => atMs <= since);
  const most = Math.max(...samples.filter(({ atMs }) => atMs > since).map((sample) => desiredWorkers(sample, current)));
  const workers = clamp(Math.max(current - 1, most));
  if (desired < current && isQuiet && workers < current) return { kind: 'down', workers, desired };
  return { kind: 'stay', desired };
}

/** The mean load of the last 3 s, which decides; null without a sample of them. */
export function recentLoad(samples: readonly LoadSample[], nowMs: number): LoadSample | null {
  const recent = samples.filter(({ atMs }) => atMs > nowMs - UP_WINDOW_MS);
  return recent.length === 0 ? null : meanOf(recent);
}

/** Workers that would bring the load to its target; `current` when it is within tolerance of it. */
function desiredWorkers({ workers, elu, inFlight }: LoadSample, current: number): number {
  const total = workers * Math.max(elu / TARGET_ELU, inFlight / TARGET_IN_FLIGHT);
  return Math.abs(total / current - 1) <= TOLERANCE ? current : Math.ceil(total);
}

function meanOf(samples: readonly LoadSample[]): LoadSample {
  const mean = (of: (sample: LoadSample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  // Loads are totals: a mean over a change of workers must not mix shares of different wholes.
  const workers = mean((sample) => sample.workers);
  return {
    atMs: samples[samples.length - 1]!.atMs,
    workers,
    elu: mean((sample) => sample.workers * sample.elu) / workers,
    inFlight: mean((sample) => sample.workers * sample.inFlight) / workers,
  };
}
