// `--work-ms`: makes a page cost CPU, as real pages do, for labs and benches. It counts CPU time, not time on the
// clock: workers that share a core must share it, or adding workers would look like adding cores. One piece of work a
// turn of the event loop, so that probes and heartbeats are answered in between; who has left is not worked for.

import type { ServerResponse } from 'node:http';

/** Runs jobs, each after so many ms of burned CPU time. */
export class BurningQueue {
  readonly #ms: number;
  readonly #jobs: { readonly res: ServerResponse; readonly job: () => void }[] = [];

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Runs a job for a response: at once where no work is asked for, else when its turn has come. */
  run(res: ServerResponse, job: () => void): void {
    if (this.#ms <= 0) {
      job();
      return;
    }
    this.#jobs.push({ res, job });
    if (this.#jobs.length === 1) setImmediate(() => this.#next());
  }

  #next(): void {
    const [first] = this.#jobs;
    if (first && !first.res.destroyed) {
      burnCpu(this.#ms);
      first.job();
    }
    this.#jobs.shift();
    if (this.#jobs.length > 0) setImmediate(() => this.#next());
  }
}

/** Keeps this process busy for so many ms of its CPU time. */
function burnCpu(ms: number): void {
  const start = process.cpuUsage();
  let sink = 1;
  for (;;) {
    for (let i = 0; i < 5_000; i++) sink = (sink * 1_103_515_245 + 12_345) % 2_147_483_648;
    const { user, system } = process.cpuUsage(start);
    if ((user + system) / 1000 >= ms || sink < 0) return;
  }
}
