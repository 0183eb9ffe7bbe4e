// Who does the tasks: threads, or this process alone. Tasks are begun in order, each by whoever is free.
// Invariant: after a failure nothing new is begun, what was begun is waited for, and the failure of the earliest task
// is the one reported: the same whatever the number of threads.

import { createTaskRunner, type Task, type TaskResult } from './task.ts';
import { HAS_THREADS, ThreadHand } from './thread-hand.ts';

/** One that does a task at a time. */
export interface Hand {
  perform(task: Task, onPeople: (count: number) => void): Promise<TaskResult<Task>>;
  close(): Promise<void>;
}

/** Some hands that share the work. */
export interface Crew {
  /** Performs all tasks; results stand in the order of the tasks. Rejects with the earliest task's failure. */
  performAll<T extends Task>(tasks: readonly T[], onPeople: (count: number) => void): Promise<TaskResult<T>[]>;
  close(): Promise<void>;
}

/** A crew of that many threads; fewer than two, or where there are none to be had, it is this process itself. */
export function createCrew(threads: number): Crew {
  const hands =
    threads < 2 || !HAS_THREADS ? [createOwnHand()] : Array.from({ length: threads }, () => new ThreadHand());
  return crewOf(hands);
}

/** A crew of the given hands. */
export function crewOf(hands: readonly Hand[]): Crew {
  return {
    async performAll<T extends Task>(tasks: readonly T[], onPeople: (count: number) => void) {
      const results: TaskResult<T>[] = [];
      const failures: { readonly index: number; readonly error: unknown }[] = [];
      let next = 0;
      const work = async (hand: Hand): Promise<void> => {
        while (next < tasks.length && failures.length === 0) {
          const index = next++;
          try {
            results[index] = (await hand.perform(tasks[index]!, onPeople)) as TaskResult<T>;
          } catch (error) {
            failures.push({ index, error });
          }
        }
      };
      await Promise.all(hands.map(work));
      const [earliest] = failures.sort((a, b) => a.index - b.index);
      if (earliest) throw earliest.error;
      return results;
    },
    async close() {
      await Promise.all(hands.map((hand) => hand.close()));
    },
  };
}

function createOwnHand(): Hand {
  return { perform: createTaskRunner(), close: async () => {} };
}
