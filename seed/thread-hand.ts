// A worker thread that does tasks, as the process that started it sees it.
// Invariant: a thread that ends, for whatever reason, fails the task it was at: nobody waits for the dead.

import { Worker } from 'node:worker_threads';
import { messageOf } from '../runtime/user-error.ts';
import type { Task, TaskResult } from './task.ts';
import { type FromThread, toError } from './thread-message.ts';

interface Job {
  readonly onPeople: (count: number) => void;
  readonly resolve: (result: TaskResult<Task>) => void;
  readonly reject: (error: Error) => void;
}

const IS_SOURCE = import.meta.url.endsWith('.ts');
const ENTRY = new URL(IS_SOURCE ? './thread.ts' : './thread.js', import.meta.url);

/** Whether threads can be had: compiled code always; sources only where Node itself strips their types. */
export const HAS_THREADS = !IS_SOURCE || 'typescript' in process.features;

/** Does one task at a time in a thread of its own. */
export class ThreadHand {
  readonly #worker = new Worker(ENTRY);
  #job: Job | undefined;
  #end: Error | undefined;

  constructor() {
    this.#worker.on('message', (message: FromThread) => this.#receive(message));
    this.#worker.on('error', (error) => this.#fail(new Error(`a seeding thread failed: ${messageOf(error)}`)));
    this.#worker.on('exit', () => this.#fail(new Error('a seeding thread ended')));
  }

  perform(task: Task, onPeople: (count: number) => void): Promise<TaskResult<Task>> {
    return new Promise((resolve, reject) => {
      if (this.#end) return reject(this.#end);
      this.#job = { onPeople, resolve, reject };
      this.#worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(message: FromThread): void {
    const job = this.#job;
    if (!job) return;
    if (message.type === 'people') {
      job.onPeople(message.count);
      return;
    }
    this.#job = undefined;
    if (message.type === 'done') job.resolve(message.result);
    else job.reject(toError(message.failure));
  }

  #fail(error: Error): void {
    this.#end ??= error;
    this.#job?.reject(this.#end);
    this.#job = undefined;
  }
}
