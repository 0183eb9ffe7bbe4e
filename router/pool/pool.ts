// A pool as one router worker sees it: its instances, what is under way at each, who may be picked, who gets in.
// Invariant: an instance that stays keeps its Member, so that its requests under way and its failures stay counted.

import type { Range } from '../../people/range.ts';
import { afterFailure, afterSuccess, type Ejection, isEjected, NEVER_EJECTED, rampWeight } from '../table/health.ts';
import type { InstanceView } from '../table/members.ts';
import { datasetOrder, newestDataset } from '../table/newest-dataset.ts';
import { type UpstreamTarget, upstreamTarget } from '../upstream/upstream.ts';
import { Admission } from './admission.ts';
import { pick } from './pick.ts';

/** An instance and what this worker knows of it. */
export interface Member {
  id: string;
  readonly url: string;
  readonly target: UpstreamTarget;
  health: InstanceView['health'];
  availableSince: number;
  /** Requests sent and not finished. */
  inFlight: number;
  ejection: Ejection;
  /** When it last answered, in ms of performance.now(); 0 before. */
  answeredAt: number;
  /** It refused a connection and no probe has told yet whether it is gone. */
  isSuspect: boolean;
}

/** What a pool may hold at once, for this router worker. */
export interface PoolLimits {
  readonly maxInFlight: number;
  readonly maxQueue: number;
  /** Answers slower than this mean that the pool has too much, in ms. */
  readonly targetMs: number;
}

/** Longest wait for admission, or for news of the only instance, in ms. */
export const QUEUE_WAIT_MS = 1_000;
const MAX_STREAMS = 8;

export class Pool {
  readonly range: Range;
  readonly pages: Admission;
  readonly streams: Admission;
  #members: readonly Member[] = [];
  #instances: readonly InstanceView[] = [];
  #datasets: readonly string[] = [];
  #dataset: string | null = null;
  readonly #onNews = new Set<() => void>();

  constructor(range: Range, { maxInFlight, maxQueue, targetMs }: PoolLimits) {
    this.range = range;
    this.pages = new Admission({ max: maxInFlight, maxQueue, targetMs, waitMs: QUEUE_WAIT_MS });
    this.streams = new Admission({ max: MAX_STREAMS, maxQueue: MAX_STREAMS, targetMs, waitMs: QUEUE_WAIT_MS });
  }

  /** The newest dataset announced, which stays when the last instance leaves; null before the first. */
  get dataset(): string | null {
    return this.#dataset;
  }

  get members(): readonly Member[] {
    return this.#members;
  }

  /** Takes the instances that the table now has for this range. */
  update(instances: readonly InstanceView[], nowMs = performance.now()): void {
    this.#datasets = datasetOrder(this.#datasets, this.#instances, instances);
    this.#dataset = newestDataset(this.#datasets, instances) ?? this.#dataset;
    this.#instances = instances;
    this.#members = instances.map(({ id, url, health, availableForMs }) => {
      const known = this.#members.find((member) => member.url === url);
      const current = { id, health, availableSince: nowMs - availableForMs, isSuspect: false };
      return known
        ? Object.assign(known, current)
        : { url, target: upstreamTarget(url), inFlight: 0, ejection: NEVER_EJECTED, answeredAt: 0, ...current };
    });
    for (const tell of this.#onNews) tell();
    this.#onNews.clear();
  }

  /** An instance for an attempt: one not tried yet if there is any; undefined when none can be asked. */
  pick(tried: ReadonlySet<Member>, nowMs = performance.now()): Member | undefined {
    const [only] = this.#members;
    if (this.#members.length === 1 && only) return only.health === 'available' && !only.isSuspect ? only : undefined;
    const healthy = this.#members.filter(({ health, isSuspect }) => health === 'available' && !isSuspect);
    const kept = healthy.filter(({ ejection }) => !isEjected(ejection, nowMs));
    const available = kept.length > 0 ? kept : healthy; // an ejection ends when the others have gone
    const fresh = available.filter((member) => !tried.has(member));
    const candidates = (fresh.length > 0 ? fresh : available).map((member) => ({
      member,
      inFlight: member.inFlight,
      weight: rampWeight(nowMs - Math.max(member.availableSince, member.ejection.until)),
    }));
    return pick(candidates, Math.random)?.member;
  }

  /** Whether anybody can be asked, now or after the next probe. */
  get isServed(): boolean {
    return this.#members.some(({ health }) => health === 'available');
  }

  /** Whether an instance that refused a connection may yet turn out to be there. */
  get hasSuspect(): boolean {
    return this.#members.some((member) => member.isSuspect && member.health === 'available');
  }

  /** Resolves at the next word from the primary, or after `ms`. */
  news(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const told = (): void => {
        clearTimeout(timer);
        this.#onNews.delete(told);
        resolve();
      };
      const timer = setTimeout(told, ms);
      this.#onNews.add(told);
    });
  }

  /** A good answer. */
  succeeded(member: Member, nowMs = performance.now()): void {
    member.answeredAt = nowMs;
    member.ejection = afterSuccess(member.ejection);
  }

  /** A timeout or a bad answer; true when it ejected the instance. */
  failed(member: Member, nowMs = performance.now()): boolean {
    const others = this.#members.filter((other) => other !== member && isAvailable(other, nowMs));
    const before = member.ejection;
    member.ejection = afterFailure(before, nowMs, others.length === 0);
    return member.ejection.until > before.until;
  }
}

function isAvailable({ health, ejection }: Member, nowMs: number): boolean {
  return health === 'available' && !isEjected(ejection, nowMs);
}
