// `--work-ms`: makes a page cost CPU, as real pages do, for labs and benches. It counts CPU time, not time on the
// clock: workers that share a core must share it, or adding workers would look like adding cores. A short piece of it a
// turn of the event loop, so that probes and heartbeats are answered in between; who has left is not worked for.

import type { ServerResponse } from 'node:http';

/** Longest time that work blocks the event loop, in ms of CPU. */
const PIECE_MS = 20;

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
    if (this.#jobs.length === 1) setImmediate(() => this.#turn(this.#ms));
  }

  /** Works for the first job, of which `leftMs` are to be burned. */
  #turn(leftMs: number): void {
    const { res, job } = this.#jobs[0]!;
    const isWanted = !res.destroyed;
    if (isWanted) burnCpu(Math.min(leftMs, PIECE_MS));
    if (isWanted && leftMs > PIECE_MS) {
      setImmediate(() => this.#turn(leftMs - PIECE_MS));
      return;
    }
    if (isWanted) job();
    this.#jobs.shift();
    if (this.#jobs.length > 0) setImmediate(() => this.#turn(this.#ms));
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
