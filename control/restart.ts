// Whether, and when, a process that ended is started again. Pure: the keeper owns the process and the timer.
// A process that had served for a while comes back at once; one that died young waits, twice as long each time.

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

const YOUNG_MS = 1_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** Decides about a process that ended at `nowMs` in this state. */
export function decideRestart(state: KeptState, nowMs: number): Verdict {
  switch (state.kind) {
    case 'starting':
      return state.isFirst ? { kind: 'give-up' } : restartLater(state.early);
    case 'ready':
      return nowMs - state.sinceMs < YOUNG_MS ? restartLater(state.early) : { kind: 'restart', delayMs: 0, early: 0 };
    default:
      return { kind: 'let-go' };
  }
}

function restartLater(early: number): Verdict {
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** early, LONGEST_DELAY_MS);
  return { kind: 'restart', delayMs, early: early + 1 };
}
