// When requests are due. With a rate they are due at fixed times, answered or not (an open loop): time is counted from
// then, so that a stall shows in every request that waited for it, not only in those under way ("coordinated omission",
// Gil Tene, How NOT to Measure Latency). Without one, each connection's next is due as soon as it is free. Pure.

export interface Pace {
  /** How many requests are due this long after the start. */
  dueBy(elapsedMs: number): number;
  /** When a request is due, counted from 0, in ms after the start; null: whenever a connection is free. */
  dueAtMs(index: number): number | null;
  /** How many were due by then and not sent, `sent` being what was; without a rate, none. */
  missedBy(elapsedMs: number, sent: number): number;
}

/** A pace of so many requests a second for so long; null: as fast as they are answered. */
export function createPace(perSecond: number | null, durationMs: number): Pace {
  if (perSecond === null) {
    return { dueBy: () => Number.POSITIVE_INFINITY, dueAtMs: () => null, missedBy: () => 0 };
  }
  const all = Math.ceil((durationMs * perSecond) / 1_000);
  const dueBy = (elapsedMs: number): number => Math.min(Math.floor((elapsedMs * perSecond) / 1_000) + 1, all);
  return {
    dueBy,
    dueAtMs: (index) => (index * 1_000) / perSecond,
    missedBy: (elapsedMs, sent) => Math.max(0, dueBy(elapsedMs) - sent),
  };
}
