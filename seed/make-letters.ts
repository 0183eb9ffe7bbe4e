// From a source of people to the 26 letters on disk, each in order: sorted runs first, then one merge per letter.
// Memory is bounded by the runs at work, whatever the number of people; the disk holds each person twice for a while.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LETTERS, type Letter } from '../people/letter.ts';
import type { LetterDraft } from '../people/shard-file.ts';
import { FileRegion } from '../runtime/file-region.ts';
import type { Crew } from './crew.ts';
import { BLOCK_PEOPLE, type GeneratorOptions } from './generator.ts';
import type { Run } from './run.ts';
import type { MergeTask, RunTask } from './task.ts';

/** People a thread sorts in memory at once; more only where there would be too many runs. */
export const RUN_PEOPLE = 50 * BLOCK_PEOPLE;

const MAX_RUNS = 500; // a merge has a file open for each

export interface LettersOptions {
  readonly people: number;
  readonly generator: GeneratorOptions;
  readonly skipInvalid: boolean;
  /** A folder for temporary files; the letters' blocks stay in it. */
  readonly workFolder: string;
}

/** Makes all letters, in order of the alphabet. `onPeople` hears of each person twice: in its run, and in its letter. */
export async function makeLetters(
  options: LettersOptions,
  crew: Crew,
  onPeople: (count: number) => void,
): Promise<ReadonlyMap<Letter, LetterDraft>> {
  await mkdir(options.workFolder, { recursive: true });
  const runs = await crew.performAll(planRuns(options), onPeople);
  const merges = planMerges(runs, options.workFolder);
  const summaries = await crew.performAll(
    merges.map(({ task }) => task),
    onPeople,
  );
  const drafts = merges.map(({ letter, task }, index): LetterDraft => {
    const summary = summaries[index]!;
    return { letter, ...summary, block: new FileRegion(task.path, 0, summary.bytes) };
  });
  return new Map(LETTERS.map((letter) => [letter, drafts.find((draft) => draft.letter === letter)!]));
}

function planRuns({ people, generator, skipInvalid, workFolder }: LettersOptions): RunTask[] {
  const runPeople = Math.max(RUN_PEOPLE, Math.ceil(people / MAX_RUNS / BLOCK_PEOPLE) * BLOCK_PEOPLE);
  return Array.from({ length: Math.ceil(people / runPeople) }, (_, index) => {
    const from = index * runPeople;
    const to = Math.min(from + runPeople, people);
    return { kind: 'run', generator, from, to, skipInvalid, path: join(workFolder, `run-${index}`) };
  });
}

/** A merge per letter, the largest first: so all threads finish at about the same time. */
function planMerges(runs: readonly Run[], workFolder: string): { letter: Letter; task: MergeTask }[] {
  const merges = LETTERS.map((letter, index) => {
    const segments = runs.map((run) => run[index]!);
    const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
    return { letter, bytes, task: { kind: 'merge' as const, segments, path: join(workFolder, `letter-${letter}`) } };
  });
  return merges.sort((a, b) => b.bytes - a.bytes);
}
