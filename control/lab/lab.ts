// What a lab is: an experiment of the literature, repeated against this system, with its figure beside ours.

import type { Bench } from './bench.ts';

/** What came out. */
export interface Findings {
  /** One line, to stand beside the source's. */
  readonly ours: string;
  /** For programs; null where there was none. */
  readonly figures: Readonly<Record<string, number | boolean | null>>;
  /** Whether it came out as the lab's reasons say it must. */
  readonly isAsExpected: boolean;
}

export interface Lab {
  readonly name: string;
  /** For the list: one line. */
  readonly summary: string;
  /** What is done, in two or three lines of at most 100 columns. */
  readonly does: readonly string[];
  /** What its source reports, in one line. */
  readonly source: string;
  /** Five lines. */
  readonly why: readonly [string, string, string, string, string];
  /** The ranges of its data, when not the usual three. */
  readonly layout?: string;
  /** Does it; what it starts and makes goes with the bench. */
  run(bench: Bench): Promise<Findings>;
}
