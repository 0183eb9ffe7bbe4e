// How available a system was to the clients of a load, and how their requests ended. Pure.

import { grouped } from '../load/figures.ts';
import type { LoadSummary } from '../load/tally.ts';

export interface Availability {
  readonly requests: number;
  /** Requests that did not end in a 200: other statuses, transport errors, no answer, never sent. */
  readonly failed: number;
  /** 0 to 1; 1 when nothing was asked. */
  readonly share: number;
}

/** Counts every request that was due; only a 200 is a success. */
export function availabilityOf(summary: Omit<LoadSummary, 'perSecond'>): Availability {
  const { answered, failed, unfinished, unsent, statuses } = summary;
  const requests = answered + failed + unfinished + unsent;
  const succeeded = statuses['200'] ?? 0;
  return { requests, failed: requests - succeeded, share: requests === 0 ? 1 : succeeded / requests };
}

/** How requests ended, most regular first: `7,911 × 200, 89 × 503, 3 × ECONNRESET`. */
export function describeEnds(summary: Omit<LoadSummary, 'perSecond'>): string {
  const { statuses, failures, unfinished, unsent } = summary;
  const ends = Object.entries({ ...statuses, ...failures, unfinished, unsent }).filter(([, count]) => count > 0);
  return ends.map(([end, count]) => `${grouped(count)} × ${end}`).join(', ') || 'none';
}
