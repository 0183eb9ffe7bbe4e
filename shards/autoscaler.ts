// The loop around autoscale.ts: samples twice a second, decides, scales, and says why. Invariant: while a change is
// under way there is no other; `close` ends the timer.

import type { Logger } from '../runtime/log.ts';
import { DOWN_WINDOW_MS, decideScale, type LoadSample, type ScaleBounds, type ScaleDecision } from './autoscale.ts';

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
  #isScaling = false;
  #desired: number;
  #last: AutoscaleStatus['last'] = null;
  #lettersBefore: ReadonlyMap<string, number> = new Map();

  constructor(options: AutoscalerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#lastChangeMs = this.#now();
    this.#desired = options.pool.size;
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
    if (this.#isScaling) return;
    const history = { lastUpMs: this.#lastUpMs, lastChangeMs: this.#lastChangeMs };
    const decision = decideScale(this.#samples, pool.size, history, bounds, nowMs);
    this.#desired = decision.desired;
    if (decision.kind !== 'stay') await this.#act(decision, nowMs);
  }

  async #act({ kind, workers, desired }: Exclude<ScaleDecision, { kind: 'stay' }>, nowMs: number): Promise<void> {
    const { pool, log, onDecision } = this.#options;
    const latest = this.#samples.at(-1);
    const inputs = `loop ${Math.round((latest?.elu ?? 0) * 100)} %, ${(latest?.inFlight ?? 0).toFixed(1)} in flight each, wanted ${desired}`;
    const detail = `${pool.size} → ${workers} workers (${inputs})${kind === 'up' ? this.#oneLetterNote() : ''}`;
    this.#last = { at: new Date().toISOString(), detail };
    this.#lastChangeMs = nowMs;
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

  /** Says so when one letter alone makes the load: it cannot be split further. */
  #oneLetterNote(): string {
    const letters = this.#options.pool.letters();
    const deltas = [...letters].map(
      ([letter, count]) => [letter, count - (this.#lettersBefore.get(letter) ?? 0)] as const,
    );
    this.#lettersBefore = letters;
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
