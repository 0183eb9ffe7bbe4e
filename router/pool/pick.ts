// Which instance gets a request: power of two choices on requests in flight (Mitzenmacher 2001), by weight. Pure.

/** What the choice depends on. */
export interface Candidate {
  /** Requests sent and not finished. */
  readonly inFlight: number;
  /** Share of a full turn, above 0 and up to 1. */
  readonly weight: number;
}

/**
 * The less loaded of two candidates drawn by weight; undefined when there are none. `random` gives 0 to <1. The second
 * wins only if it has less now and would still have less with the request: else the draw decides, so that a newcomer
 * gets its share of a quiet pool, and no more.
 */
export function pick<T extends Candidate>(candidates: readonly T[], random: () => number): T | undefined {
  if (candidates.length < 2) return candidates[0];
  const a = draw(candidates, random);
  const b = draw(
    candidates.filter((candidate) => candidate !== a),
    random,
  );
  return load(b, 0) < load(a, 0) && load(b, 1) < load(a, 1) ? b : a;
}

function draw<T extends Candidate>(candidates: readonly T[], random: () => number): T {
  const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
  let left = random() * total;
  for (const candidate of candidates) {
    left -= candidate.weight;
    if (left < 0) return candidate;
  }
  return candidates[candidates.length - 1]!;
}

function load({ inFlight, weight }: Candidate, more: 0 | 1): number {
  return (inFlight + more) / weight;
}
