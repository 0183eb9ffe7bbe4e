// Rounds → figures. Medians, because a disturbed round must not move the result. Pure.

/** The middle of some numbers, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** How far values lie from their median, as half their range by it: 0.05 is ± 5 %. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values);
}

/** Medians field by field. */
export function medians<K extends string>(samples: readonly Readonly<Record<K, number>>[]): Record<K, number> {
  const fields = Object.keys(samples[0] ?? {}) as K[];
  return Object.fromEntries(fields.map((field) => [field, median(samples.map((sample) => sample[field]))])) as Record<
    K,
    number
  >;
}

/** Every element once per round; every other round backwards, so that no one always follows the same neighbour. */
export function interleaved<T>(elements: readonly T[], rounds: number): readonly T[] {
  return Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? elements : elements.toReversed())).flat();
}
