// The two kinds of work that any thread can do: make a run of generated people, merge a letter of all runs.
// Invariant: a task is plain data, and its result and file depend on nothing else.

import type { LetterSummary } from '../people/shard-header.ts';
import { createGenerator, type GeneratorOptions, type PeopleGenerator } from './generator.ts';
import { mergeLetter } from './merge-letter.ts';
import { type Run, type Segment, writeRun } from './run.ts';

/** Make the people of indices `from` (the first of a block) to `to` (exclusive), as a run at `path`. */
export interface RunTask {
  readonly kind: 'run';
  readonly generator: GeneratorOptions;
  readonly from: number;
  readonly to: number;
  readonly path: string;
  readonly skipInvalid: boolean;
}

/** Merge one letter's segments into its block at `path`. */
export interface MergeTask {
  readonly kind: 'merge';
  readonly segments: readonly Segment[];
  readonly path: string;
}

export type Task = RunTask | MergeTask;

export type TaskResult<T extends Task> = T extends RunTask ? Run : LetterSummary;

/** Does tasks; told how many people have passed, about every thousand. */
export type TaskRunner = (task: Task, onPeople: (count: number) => void) => Promise<TaskResult<Task>>;

/** A runner that loads a generator when it first needs it, and keeps it: all its run tasks must have the same one. */
export function createTaskRunner(): TaskRunner {
  let generator: Promise<PeopleGenerator> | undefined;

  return async (task, onPeople) => {
    if (task.kind === 'merge') return mergeLetter(task.segments, task.path, onPeople);
    const { from, to, path, skipInvalid } = task;
    generator ??= createGenerator(task.generator);
    const generate = await generator;
    return writeRun(generate(from, to), { path, skipInvalid, firstNumber: from + 1, onPeople });
  };
}
