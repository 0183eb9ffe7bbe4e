// The loop around autoscale.ts: samples twice a second, decides, scales, and says why. Invariant: while a change is
// under way there is no other; `close` ends the timer.

import type { Logger } from '../runtime/log.ts';
import {
  DOWN_WINDOW_MS,
  decideScale,
  type LoadSample,
  recentLoad,
  type ScaleBounds,
  type ScaleDecision,
  UP_WINDOW_MS,
} from './autoscale.ts';

/** What the loop needs of a worker pool. */
export interface ScalablePool {
  readonly size: number;
  /** Ready workers' last reports. */
  loads(): readonly { readonly elu: number; readonly inFlight: number }[];
  scale(workers: number): Promise<void>;
  /** Requests so far by letter. */
  letters(): ReadonlyMap<string, number>;
}

/** The last decision, for status. */
export interface AutoscaleStatus extends ScaleBounds {
  readonly desired: number;
  readonly last: { readonly at: string; readonly detail: string } | null;
}

export interface AutoscalerOptions {
  readonly pool: ScalablePool;
  readonly bounds: ScaleBounds;
  readonly log: Logger;
  readonly onDecision: (detail: string) => void;
  readonly now?: () => number;
}

const EVERY_MS = 500;
const ONE_LETTER_SHARE = 0.8;

export class Autoscaler {
  readonly #options: AutoscalerOptions;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #samples: LoadSample[] = [];
  #lastUpMs = Number.NEGATIVE_INFINITY;
  #lastChangeMs: number;
  /** As it was at the last tick; an operator changes it, too. */
  #size: number;
  #isScaling = false;
  #desired: number;
  #last: AutoscaleStatus['last'] = null;
  /** Requests by letter at the ticks of the last 3 s, oldest first. */
  #letters: { readonly atMs: number; readonly counts: ReadonlyMap<string, number> }[] = [];

  constructor(options: AutoscalerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#lastChangeMs = this.#now();
    this.#size = options.pool.size;
    this.#desired = this.#size;
    this.#timer = setInterval(() => void this.tick(), EVERY_MS);
  }

  get status(): AutoscaleStatus {
    return { ...this.#options.bounds, desired: this.#desired, last: this.#last };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Takes a sample and acts on it. */
  async tick(): Promise<void> {
    const { pool, bounds } = this.#options;
    const nowMs = this.#now();
    const loads = pool.loads();
    if (loads.length > 0) this.#samples.push(sampleOf(loads, nowMs));
    this.#samples = this.#samples.filter(({ atMs }) => atMs > nowMs - DOWN_WINDOW_MS - EVERY_MS * 2);
    this.#letters.push({ atMs: nowMs, counts: pool.letters() });
    this.#letters = this.#letters.filter(({ atMs }) => atMs >= nowMs - UP_WINDOW_MS);
    if (pool.size !== this.#size) this.#lastChangeMs = nowMs;
    this.#size = pool.size;
    if (this.#isScaling) return;
    const history = { lastUpMs: this.#lastUpMs, lastChangeMs: this.#lastChangeMs };
    const decision = decideScale(this.#samples, pool.size, history, bounds, nowMs);
    this.#desired = decision.desired;
    if (decision.kind !== 'stay') await this.#act(decision, nowMs);
  }

  async #act({ kind, workers, desired }: Exclude<ScaleDecision, { kind: 'stay' }>, nowMs: number): Promise<void> {
    const { pool, log, onDecision } = this.#options;
    const load = recentLoad(this.#samples, nowMs);
    const inputs = `loop ${Math.round((load?.elu ?? 0) * 100)} %, ${(load?.inFlight ?? 0).toFixed(1)} in flight each, wanted ${desired}`;
    const detail = `${pool.size} → ${workers} workers (${inputs})${kind === 'up' ? this.#oneLetterNote() : ''}`;
    this.#last = { at: new Date().toISOString(), detail };
    if (kind === 'up') this.#lastUpMs = nowMs;
    log.info(`autoscale: ${detail}`);
    onDecision(detail);
    this.#isScaling = true;
    try {
      await pool.scale(workers);
    } catch (error) {
      log.warn({ err: error }, 'autoscale: the pool did not scale');
    }
    this.#isScaling = false;
  }

  /** Says so when one letter alone makes the load of the last 3 s: it cannot be split further. */
  #oneLetterNote(): string {
    const before = this.#letters[0]!.counts;
    const letters = this.#letters.at(-1)!.counts;
    const deltas = [...letters].map(([letter, count]) => [letter, count - (before.get(letter) ?? 0)] as const);
    const total = deltas.reduce((sum, [, count]) => sum + count, 0);
    const [letter, most] = deltas.reduce((top, entry) => (entry[1] > top[1] ? entry : top), ['', 0] as const);
    if (total === 0 || letters.size < 2 || most / total < ONE_LETTER_SHARE) return '';
    return `; ${Math.round((most / total) * 100)} % of requests are for ${letter}: more workers help, a split would not`;
  }
}

function sampleOf(loads: readonly { readonly elu: number; readonly inFlight: number }[], atMs: number): LoadSample {
  const mean = (of: (load: { readonly elu: number; readonly inFlight: number }) => number): number =>
    loads.reduce((sum, load) => sum + of(load), 0) / loads.length;
  return { atMs, workers: loads.length, elu: mean(({ elu }) => elu), inFlight: mean(({ inFlight }) => inFlight) };
}
