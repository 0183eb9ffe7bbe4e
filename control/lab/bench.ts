// Where a lab works: a data folder and processes of its own, on ports the system chooses. Invariant: after `close`, or
// when this process exits in a way it can notice, no process and no file of it is left.

import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Layout } from '../../people/range.ts';
import { systemCode, UserError } from '../../runtime/user-error.ts';
import { seedDataset } from '../../seed/main.ts';
import { defaultsOf } from '../flag.ts';
import { SEED_FLAGS } from '../flags.ts';
import { type LoadRequest, measureLoad } from '../load/measure.ts';
import type { Outcome } from '../load/outcome.ts';
import type { LoadReport } from '../load/report.ts';
import { type Running, startRunning } from './running.ts';

export interface BenchOptions {
  readonly layout: Layout;
  /** Aborts: the lab is to end now. */
  readonly signal: AbortSignal;
  /** Phases take this part of their usual time. */
  readonly scale: number;
  /** Tells who watches what happens, in a line. */
  readonly say: (line: string) => void;
}

const LEAVE_MS = 5_000;
const UNTIL_MS = 15_000;
const LOOK_MS = 10;
const LONGEST_LOAD_MS = 60_000;

export class Bench {
  readonly say: (line: string) => void;
  readonly #signal: AbortSignal;
  readonly #scale: number;
  readonly #folder: string;
  readonly #running = new Set<Running>();
  readonly #hung = new Set<number>();
  /** How to end, now, what is running. */
  readonly #ends = new Set<() => void>();

  private constructor({ signal, scale, say }: BenchOptions, folder: string) {
    this.say = say;
    this.#signal = signal;
    this.#scale = scale;
    this.#folder = folder;
    process.once('exit', this.#clear);
  }

  /** A bench with 1,000 people in its data folder. */
  static async open(options: BenchOptions): Promise<Bench> {
    const bench = new Bench(options, await mkdtemp(join(tmpdir(), 'zpeople-lab-')));
    const { dataFolder } = bench;
    const seed = { ...defaultsOf(SEED_FLAGS), layout: options.layout, dataFolder };
    await seedDataset(seed).catch(async (error: unknown) => {
      await bench.close();
      throw error;
    });
    return bench;
  }

  get dataFolder(): string {
    return join(this.#folder, 'data');
  }

  /** So many seconds of a lab that takes its usual time, in ms. */
  seconds(count: number): number {
    return count * 1_000 * this.#scale;
  }

  /** Waits; throws when the lab is to end. */
  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#signal });
  }

  /** Waits until something is so, at most 15 s. Throws UserError (failed) that names it. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    for (const end = performance.now() + UNTIL_MS; !isSo(); await this.pause(LOOK_MS)) {
      if (performance.now() > end) throw new UserError('failed', `waited ${UNTIL_MS / 1_000} s for ${what}, in vain`);
    }
  }

  /** Starts `zpeople <args>` on free ports and resolves when it serves. Throws UserError (failed). */
  async start(...args: readonly string[]): Promise<Running> {
    this.#signal.throwIfAborted();
    const ports = ['--port', '0', '--ops-port', '0', '--log-level', 'silent'];
    const running = await startRunning([...args, ...ports], (child) => this.endLater(() => child.kill('SIGKILL')));
    this.#running.add(running);
    return running;
  }

  /** Makes a load; throws when the lab is to end. */
  async load(request: LoadRequest, onOutcome: (outcome: Outcome) => void = () => {}): Promise<LoadReport> {
    const report = await measureLoad(request, { signal: this.#signal, onOutcome });
    this.#signal.throwIfAborted();
    return report;
  }

  /** Has code compiled and connections opened before anything is measured. */
  async warmUp(url: string): Promise<void> {
    await this.load({ url, hot: null, rate: null, connections: 10, durationMs: this.seconds(3), isFresh: true });
  }

  /** Makes a load for as long as `work` takes; throws what it throws. */
  async during(
    request: Omit<LoadRequest, 'durationMs'>,
    work: () => Promise<void>,
    onOutcome: (outcome: Outcome) => void = () => {},
  ): Promise<LoadReport> {
    const over = new AbortController();
    const signal = AbortSignal.any([this.#signal, over.signal]);
    const load = measureLoad({ ...request, durationMs: LONGEST_LOAD_MS }, { signal, onOutcome });
    await work().finally(() => over.abort());
    return load;
  }

  /** Stops processes where they are (SIGSTOP): they answer nothing, and are not dead. */
  hang(pids: readonly number[]): void {
    for (const pid of pids) {
      this.#hung.add(pid);
      process.kill(pid, 'SIGSTOP');
    }
  }

  /** Has all go on that were hung. */
  wake(): void {
    for (const pid of this.#hung) {
      try {
        process.kill(pid, 'SIGCONT');
      } catch (error) {
        if (systemCode(error) !== 'ESRCH') throw error; // it is gone
      }
    }
    this.#hung.clear();
  }

  /** Has `end` called when the bench is closed, unless the returned function is called before. */
  endLater(end: () => void): () => void {
    this.#ends.add(end);
    return () => this.#ends.delete(end);
  }

  /** Ends all processes, in order where they can, and removes the folder. */
  async close(): Promise<void> {
    this.wake();
    const gone = Promise.all([...this.#running].map((running) => running.leave()));
    await Promise.race([gone, sleep(LEAVE_MS, undefined, { ref: false })]);
    process.off('exit', this.#clear);
    this.#clear();
    await gone;
  }

  readonly #clear = (): void => {
    this.wake();
    for (const end of this.#ends) end();
    rmSync(this.#folder, { recursive: true, force: true });
  };
}
