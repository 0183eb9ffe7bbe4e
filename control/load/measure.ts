// A load with its report: what the command and the labs share.

import { lettersOf, type Range } from '../../people/range.ts';
import { HOT_SHARE, letterMix } from './letter-mix.ts';
import type { Outcome } from './outcome.ts';
import type { LoadReport } from './report.ts';
import { type LoadPlan, runLoad } from './run-load.ts';
import { Tally } from './tally.ts';

export interface LoadRequest extends Omit<LoadPlan, 'mix'> {
  /** The range (one letter is one too) that most requests go to; null: all letters alike. */
  readonly hot: Range | null;
  /** How many of all requests go there, 0 to 1. Default 0.8. */
  readonly hotShare?: number;
}

export interface Watching {
  /** Ends the load early. */
  readonly signal: AbortSignal;
  /** What counts the outcomes, for who wants to look at it on the way. */
  readonly tally?: Tally;
  readonly onOutcome?: (outcome: Outcome) => void;
}

/** Runs a load to its end. */
export async function measureLoad(request: LoadRequest, { signal, tally, onOutcome }: Watching): Promise<LoadReport> {
  const { hot, hotShare = HOT_SHARE, url, rate, connections, isFresh } = request;
  const counted = tally ?? new Tally();
  const mix = letterMix(hot === null ? [] : lettersOf(hot), hotShare);
  const sendingMs = await runLoad(
    { ...request, mix },
    (outcome) => {
      counted.add(outcome);
      onOutcome?.(outcome);
    },
    signal,
  );
  const durationS = Math.round(sendingMs) / 1_000;
  return { url, hot, rate, connections, durationS, isFresh, ...counted.summary(sendingMs) };
}
