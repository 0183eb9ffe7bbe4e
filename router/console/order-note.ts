// What a pool's card says about the latest order, from the click to its end. Pure: a value and its transitions.

import type { OperationView } from './wire.ts';

export interface Order {
  /** What is said while it is carried out, and after. */
  readonly doing: string;
  readonly done: string;
  /** What the instances call it in their status; null: they know nothing of it, being taken is all. */
  readonly operation: OperationView['kind'] | null;
}

export type OrderNote =
  | { readonly kind: 'quiet' }
  /** On its way to the router. */
  | { readonly kind: 'sent'; readonly order: Order }
  /** The router took it; the instances are at it. */
  | { readonly kind: 'taken'; readonly order: Order }
  | { readonly kind: 'done' | 'failed'; readonly text: string; readonly untilMs: number };

export const QUIET: OrderNote = { kind: 'quiet' };

const DONE_SHOWN_MS = 5_000;
const FAILED_SHOWN_MS = 20_000;

/** The note when the router has answered an order; a later order's note stays. */
export function noteAtAnswer(
  note: OrderNote,
  order: Order,
  { isTaken, reason }: { readonly isTaken: boolean; readonly reason: string },
  nowMs: number,
): OrderNote {
  if (!isTaken) return { kind: 'failed', text: reason, untilMs: nowMs + FAILED_SHOWN_MS };
  return note.kind === 'sent' && note.order === order ? { kind: 'taken', order } : note;
}

/** The note at a new status, which has how each instance's latest operation goes. */
export function noteAtStatus(note: OrderNote, operations: readonly OperationView[], nowMs: number): OrderNote {
  switch (note.kind) {
    case 'quiet':
    case 'sent':
      return note;
    case 'taken': {
      const own = operations.filter(({ kind }) => kind === note.order.operation);
      if (own.some(({ state }) => state === 'running')) return note;
      const failed = own.find(({ state }) => state === 'failed');
      if (failed) return { kind: 'failed', text: `It failed: ${failed.detail}`, untilMs: nowMs + FAILED_SHOWN_MS };
      return { kind: 'done', text: note.order.done, untilMs: nowMs + DONE_SHOWN_MS };
    }
    case 'done':
    case 'failed':
      return nowMs >= note.untilMs ? QUIET : note;
  }
}

/** What there is to read. */
export function textOf(note: OrderNote): string {
  switch (note.kind) {
    case 'quiet':
      return '';
    case 'sent':
    case 'taken':
      return note.order.doing;
    case 'done':
    case 'failed':
      return note.text;
  }
}
