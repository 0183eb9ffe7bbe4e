// What a pool's card says about the latest order, from the click to its end. Pure: a value and its transitions.

import type { OperationView } from './wire.ts';

export type OrderNote =
  | { readonly kind: 'quiet' }
  /** On its way to the router. */
  | { readonly kind: 'sent'; readonly text: string }
  /** The router took it; the instances are at it. */
  | { readonly kind: 'taken'; readonly text: string }
  | { readonly kind: 'done'; readonly text: string; readonly untilMs: number }
  | { readonly kind: 'failed'; readonly text: string; readonly untilMs: number };

export const QUIET: OrderNote = { kind: 'quiet' };

const DONE_SHOWN_MS = 4_000;
const FAILED_SHOWN_MS = 20_000;

/** The note at a new status, which has how each instance's latest operation goes. */
export function noteAtStatus(note: OrderNote, operations: readonly OperationView[], nowMs: number): OrderNote {
  switch (note.kind) {
    case 'quiet':
    case 'sent':
      return note;
    case 'taken': {
      const failed = operations.find(({ state }) => state === 'failed');
      if (operations.some(({ state }) => state === 'running')) return note;
      if (failed) return { kind: 'failed', text: `It failed: ${failed.detail}`, untilMs: nowMs + FAILED_SHOWN_MS };
      return { kind: 'done', text: `${note.text} done.`, untilMs: nowMs + DONE_SHOWN_MS };
    }
    case 'done':
    case 'failed':
      return nowMs >= note.untilMs ? QUIET : note;
  }
}

/** The note when the router has answered. */
export function noteAtAnswer(
  note: OrderNote,
  { isTaken, reason }: { readonly isTaken: boolean; readonly reason: string },
  nowMs: number,
): OrderNote {
  if (!isTaken) return { kind: 'failed', text: reason, untilMs: nowMs + FAILED_SHOWN_MS };
  return note.kind === 'sent' ? { kind: 'taken', text: note.text } : note;
}
