// The content of the embedded registry: who is announced, until when. A plain structure over `nowMs`: no timer, no
// socket. `index` grows with each change, so that watchers can ask for "anything newer than".

import { type Announcement, isSameAnnouncement, LEASE_MS } from './announcement.ts';

interface Lease {
  readonly announcement: Announcement;
  readonly until: number;
}

export class LeaseBook {
  readonly #leases = new Map<string, Lease>();
  #index = 1;

  get index(): number {
    return this.#index;
  }

  /** All announced instances, by id. */
  list(): readonly Announcement[] {
    return [...this.#leases.values()].map(({ announcement }) => announcement).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Announces or renews; true when this changed anything that watchers see. */
  announce(announcement: Announcement, nowMs: number): boolean {
    const before = this.#leases.get(announcement.id);
    this.#leases.set(announcement.id, { announcement, until: nowMs + LEASE_MS });
    return this.#changed(!before || !isSameAnnouncement(before.announcement, announcement));
  }

  /** Ends a lease; true when there was one. */
  withdraw(id: string): boolean {
    return this.#changed(this.#leases.delete(id));
  }

  /** Ends the leases that ran out; true when there were any. */
  expire(nowMs: number): boolean {
    const expired = [...this.#leases].filter(([, { until }]) => until <= nowMs);
    for (const [id] of expired) this.#leases.delete(id);
    return this.#changed(expired.length > 0);
  }

  #changed(hasChanged: boolean): boolean {
    if (hasChanged) this.#index++;
    return hasChanged;
  }
}
