// Orders to the router, and what it says to them, in a line for people.

import type { TokenKeeper } from './token.ts';

export interface Outcome {
  readonly isTaken: boolean;
  /** Why not, where it was not taken. */
  readonly reason: string;
}

export type GiveOrder = (path: string, body: object) => Promise<Outcome>;

const PATIENCE_MS = 5_000;

/** Creates the function that gives orders. It never rejects. */
export function createOrders(tokens: TokenKeeper): GiveOrder {
  return async (path, body) => {
    try {
      const response = await fetch(path, {
        method: 'POST',
        headers: { ...tokens.headers(), 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const { detail } = (await response.json().catch(() => ({}))) as { detail?: string };
      return { isTaken: response.ok, reason: detail ?? `The router answered ${response.status}.` };
    } catch {
      return { isTaken: false, reason: 'The router does not answer.' };
    }
  };
}
