// What a visitor may do to the processes of `zpeople start --demo`, granted: kill or hang a random worker, load a range.
// Beside it goes a trickle of requests for all letters, so that there is life to disturb. Invariant: only workers of
// this process's own instances get signals; everybody else's are other people's.

import { parseRange } from '../people/range.ts';
import type { DemoReport, DemoWish } from '../router/ops/demo-protocol.ts';
import { messageOf } from '../runtime/user-error.ts';
import { measureLoad } from './load/measure.ts';
import type { LoadReport } from './load/report.ts';
import type { StatusView } from './ops-client.ts';

export interface DemoOptions {
  /** Where the public endpoint is now. */
  readonly url: () => string;
  readonly status: () => Promise<StatusView>;
  /** Whether an instance with this pid is ours. */
  readonly isOurs: (pid: number | null) => boolean;
  /** Requests per second of a load. */
  readonly loadRate: number;
}

type Tell = (report: DemoReport) => void;

const LOAD_MS = 20_000;
const LOAD_CONNECTIONS = 16;
const TRICKLE = { hot: null, rate: 12, connections: 4, durationMs: 600_000, isFresh: true };

export class Demo {
  readonly #options: DemoOptions;
  readonly #stop = new AbortController();
  readonly #loaded = new Set<string>();

  constructor(options: DemoOptions) {
    this.#options = options;
  }

  /** Begins the trickle. */
  start(): void {
    void this.#trickle();
  }

  /** Grants a wish; what comes of it is told, never thrown. */
  async grant({ demo, range }: DemoWish, tell: Tell): Promise<void> {
    const say = (detail: string): void => tell({ kind: 'demo', detail, range });
    try {
      if (demo === 'load') await this.#load(range, say);
      else await this.#signal(range, demo, say);
    } catch (error) {
      tell({ kind: 'demo-failed', detail: `${demo}: ${messageOf(error)}`, range });
    }
  }

  close(): void {
    this.#stop.abort();
  }

  async #signal(range: string, act: 'kill' | 'hang', say: (detail: string) => void): Promise<void> {
    const { status, isOurs } = this.#options;
    const pids = readyWorkers(await status(), range, isOurs);
    const pid = pids[Math.floor(Math.random() * pids.length)];
    if (pid === undefined) throw new Error(`no worker of this machine is ready in ${range}`);
    process.kill(pid, act === 'kill' ? 'SIGKILL' : 'SIGSTOP');
    say(act === 'kill' ? `worker ${pid} was killed` : `worker ${pid} was stopped: it hangs`);
  }

  async #load(range: string, say: (detail: string) => void): Promise<void> {
    const { url, loadRate } = this.#options;
    if (this.#loaded.has(range)) {
      say('it is under load already');
      return;
    }
    this.#loaded.add(range);
    say(`${loadRate} requests/s for ${LOAD_MS / 1_000} s, most of them here`);
    try {
      const load = {
        url: url(),
        hot: parseRange(range),
        rate: loadRate,
        connections: LOAD_CONNECTIONS,
        durationMs: LOAD_MS,
      };
      say(summaryOf(await measureLoad({ ...load, isFresh: true }, { signal: this.#stop.signal })));
    } finally {
      this.#loaded.delete(range);
    }
  }

  async #trickle(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) await measureLoad({ ...TRICKLE, url: this.#options.url() }, { signal });
  }
}

/** The pids of the ready workers of a range's instances that are ours. */
export function readyWorkers(
  { pools }: StatusView,
  range: string,
  isOurs: (pid: number | null) => boolean,
): readonly number[] {
  const instances = pools.filter((pool) => pool.range === range).flatMap((pool) => pool.instances);
  const workers = instances.filter(({ pid }) => isOurs(pid)).flatMap((instance) => instance.workers ?? []);
  return workers.filter(({ state }) => state === 'ready').map(({ pid }) => pid);
}

function summaryOf({ answered, failed, statuses, latencyMs }: LoadReport): string {
  const errors = Object.entries(statuses).reduce(
    (sum, [status, count]) => sum + (Number(status) >= 400 ? count : 0),
    0,
  );
  const good = (answered - errors).toLocaleString('en-US');
  return `the load is over: ${good} answered, ${failed + errors} failed, p99 ${Math.round(latencyMs.p99)} ms`;
}
