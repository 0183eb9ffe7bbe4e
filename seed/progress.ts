// How far a seed is, in people: each passes the stages of being made, merged and written.

/** Hears how many of all people are done; the last call says all. */
export interface SeedProgress {
  onProgress(done: number, total: number): void;
}

/** Counts people through all stages and reports whole people, never fewer than before, never more than all. */
export interface Meter {
  readonly pass: (people: number) => void;
  readonly finish: () => void;
}

const STAGES = 3;

/** A meter for `total` people. */
export function createMeter(total: number, progress: SeedProgress | undefined): Meter {
  let passed = 0;
  return {
    pass(people) {
      passed += people;
      progress?.onProgress(Math.min(Math.floor(passed / STAGES), total), total);
    },
    finish() {
      progress?.onProgress(total, total);
    },
  };
}
