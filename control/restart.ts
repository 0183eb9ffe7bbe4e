// Whether, and when, a process that ended is started again. Pure: the keeper owns the process and the timer.
// A process that had served for a while comes back at once; one that died young waits, longer each time.

import { countEarlyDeaths, restartDelayMs } from '../runtime/restart-delay.ts';

/** Where a kept process is in its life. `early` counts deaths in a row that came before, or just after, it was ready. */
export type KeptState =
  | { readonly kind: 'new' }
  | { readonly kind: 'starting'; readonly isFirst: boolean; readonly early: number }
  | { readonly kind: 'ready'; readonly sinceMs: number; readonly early: number }
  | { readonly kind: 'waiting'; readonly early: number }
  | { readonly kind: 'leaving'; readonly hasWork: boolean }
  | { readonly kind: 'gone' };

/** What to do about a process that ended. */
export type Verdict =
  /** It was to end. */
  | { readonly kind: 'let-go' }
  /** It never served: trying again would only repeat the failure. */
  | { readonly kind: 'give-up' }
  | { readonly kind: 'restart'; readonly delayMs: number; readonly early: number };

/** Decides about a process that ended at `nowMs` in this state. */
export function decideRestart(state: KeptState, nowMs: number): Verdict {
  switch (state.kind) {
    case 'starting':
      return state.isFirst ? { kind: 'give-up' } : restart(state.early, null);
    case 'ready':
      return restart(state.early, nowMs - state.sinceMs);
    default:
      return { kind: 'let-go' };
  }
}

function restart(earlyBefore: number, readyForMs: number | null): Verdict {
  const early = countEarlyDeaths(earlyBefore, readyForMs);
  return { kind: 'restart', delayMs: restartDelayMs(early), early };
}
