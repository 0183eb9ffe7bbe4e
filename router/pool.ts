// A pool as one router worker sees it: its instances with the requests it has under way at each.

import type { Range } from '../people/range.ts';
import type { Announcement } from '../registry/announcement.ts';
import { type UpstreamTarget, upstreamTarget } from './upstream.ts';

/** An instance and what this worker knows of it. */
export interface Member {
  readonly announcement: Announcement;
  readonly target: UpstreamTarget;
  /** Requests sent and not finished. */
  inFlight: number;
}

/** All instances of one range. */
export class Pool {
  readonly range: Range;
  readonly members: readonly Member[];

  constructor(range: Range, instances: readonly Announcement[]) {
    this.range = range;
    this.members = instances.map((announcement) => ({
      announcement,
      target: upstreamTarget(announcement.url),
      inFlight: 0,
    }));
  }

  /** An instance for an attempt: the better of two random ones not tried yet; any again when all were tried. */
  pick(tried: ReadonlySet<Member>): Member | undefined {
    const fresh = this.members.filter((member) => !tried.has(member));
    const candidates = fresh.length > 0 ? fresh : this.members;
    const a = candidates[Math.floor(Math.random() * candidates.length)];
    const b = candidates[Math.floor(Math.random() * candidates.length)];
    return a && b && b.inFlight < a.inFlight ? b : a;
  }
}
