// Which instance gets a request: power of two choices on requests in flight (Mitzenmacher 2001), by weight. Pure.

/** What the choice depends on. */
export interface Candidate {
  /** Requests sent and not finished. */
  readonly inFlight: number;
  /** Share of a full turn, above 0 and up to 1. */
  readonly weight: number;
}

/** The less loaded of two candidates drawn by weight; undefined when there are none. `random` gives 0 to <1. */
export function pick<T extends Candidate>(candidates: readonly T[], random: () => number): T | undefined {
  if (candidates.length < 2) return candidates[0];
  const a = draw(candidates, random);
  const b = draw(
    candidates.filter((candidate) => candidate !== a),
    random,
  );
  return load(b) < load(a) ? b : a;
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

/** Without the weight's say at no load, so that on a tie the draw decides: an idle newcomer still gets its share. */
function load({ inFlight, weight }: Candidate): number {
  return inFlight / weight;
}
