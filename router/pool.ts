// A pool as one router worker sees it: its instances with the requests it has under way at each.
// Invariant: an instance that stays in the pool keeps its Member, so that its requests under way stay counted.

import type { Range } from '../people/range.ts';
import type { Announcement } from '../registry/announcement.ts';
import { type UpstreamTarget, upstreamTarget } from './upstream.ts';

/** An instance and what this worker knows of it. */
export interface Member {
  readonly id: string;
  readonly url: string;
  readonly target: UpstreamTarget;
  /** Requests sent and not finished. */
  inFlight: number;
}

/** All instances of one range. */
export class Pool {
  readonly range: Range;
  #members: readonly Member[] = [];

  constructor(range: Range, instances: readonly Announcement[] = []) {
    this.range = range;
    this.update(instances);
  }

  get members(): readonly Member[] {
    return this.#members;
  }

  /** Takes the instances that the table now has for this range. */
  update(instances: readonly Announcement[]): void {
    this.#members = instances.map(
      ({ id, url }) =>
        this.#members.find((member) => member.url === url && member.id === id) ??
        ({ id, url, target: upstreamTarget(url), inFlight: 0 } satisfies Member),
    );
  }

  /** An instance for an attempt: the better of two random ones not tried yet; any again when all were tried. */
  pick(tried: ReadonlySet<Member>): Member | undefined {
    const fresh = this.#members.filter((member) => !tried.has(member));
    const candidates = fresh.length > 0 ? fresh : this.#members;
    const a = candidates[Math.floor(Math.random() * candidates.length)];
    const b = candidates[Math.floor(Math.random() * candidates.length)];
    return a && b && b.inFlight < a.inFlight ? b : a;
  }
}
