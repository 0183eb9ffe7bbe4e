// What the router's primary knows of every instance's inside: its /status, asked once a second over its ops port.
// Answers are kept in memory, so that the router's own /status never waits for a hanging instance; facts older than
// two seconds are unknown.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Range } from '../../people/range.ts';
import type { Announcement } from '../../registry/announcement.ts';
import type { EventLog, OpsEvent } from '../../runtime/event-log.ts';
import type { Operation } from '../../runtime/workers/primary.ts';
import type { WorkerStatus } from '../../runtime/workers/worker-pool.ts';

/** The part of an instance's /status that the router passes on. */
export interface InstanceStatus {
  readonly pid: number;
  readonly state: string;
  readonly people: number | null;
  readonly bytes: number | null;
  readonly letters: Readonly<Record<string, number>> | null;
  readonly workers: readonly WorkerStatus[];
  readonly operation: Operation | null;
  readonly autoscale: unknown;
  /** What happened there lately. */
  readonly events: readonly OpsEvent[];
}

const ASK_EVERY_MS = 1_000;
const ASK_TIMEOUT_MS = 900;
const FRESH_MS = 2_000;

export class Fleet {
  readonly #members: () => readonly Announcement[];
  readonly #token: string | null;
  readonly #events: EventLog;
  readonly #known = new Map<string, { readonly status: InstanceStatus; readonly atMs: number }>();
  /** What the last instance of a range said of its people: they are not gone with it. */
  readonly #people = new Map<Range, Pick<InstanceStatus, 'people' | 'letters'>>();
  readonly #stop = new AbortController();

  /** `events` gets what happens at the instances. */
  constructor(members: () => readonly Announcement[], token: string | null, events: EventLog) {
    this.#members = members;
    this.#token = token;
    this.#events = events;
    void this.#run();
  }

  /** What an instance said of itself within the last two seconds, or null. */
  statusOf(id: string): InstanceStatus | null {
    const known = this.#known.get(id);
    return known && performance.now() - known.atMs <= FRESH_MS ? known.status : null;
  }

  /** What it ever said; for facts that do not change while it lives. */
  lastStatusOf(id: string): InstanceStatus | null {
    return this.#known.get(id)?.status ?? null;
  }

  /** People of a range, as its instances last told; null before. */
  peopleOf(range: Range): Pick<InstanceStatus, 'people' | 'letters'> | null {
    return this.#people.get(range) ?? null;
  }

  /** Gives an order to an instance's ops port. Throws with the reason when it does not take it. */
  async order({ id, opsUrl }: Announcement, path: '/scale' | '/reload', body: object): Promise<void> {
    if (opsUrl === null) throw new Error(`instance ${id} has no known ops port`);
    const response = await fetch(opsUrl + path, {
      method: 'POST',
      headers: { ...this.#authorization(), 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS * 2),
    });
    await response.body?.cancel();
    if (response.status !== 202) throw new Error(`instance ${id} answered ${response.status}`);
  }

  close(): void {
    this.#stop.abort();
  }

  /** Asks an instance now, so that status shows what just changed. */
  async refresh({ id, range, opsUrl }: Announcement): Promise<void> {
    if (opsUrl === null) return;
    try {
      const response = await fetch(`${opsUrl}/status`, {
        headers: this.#authorization(),
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ASK_TIMEOUT_MS)]),
      });
      if (!response.ok) throw new Error(String(response.status));
      const status = (await response.json()) as InstanceStatus;
      this.#passOnEvents(this.#known.get(id)?.status ?? null, status);
      this.#known.set(id, { status, atMs: performance.now() });
      if (status.people !== null) this.#people.set(range, status);
    } catch {
      // hanging, gone or leaving: what it said before grows stale by itself
    }
  }

  /** What happened since the status before; an instance seen for the first time brings no past. */
  #passOnEvents(before: InstanceStatus | null, { pid, events }: InstanceStatus): void {
    if (before?.pid !== pid) return;
    const last = before.events.at(-1)?.number ?? 0;
    for (const event of events) if (event.number > last) this.#events.add(event);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const members = this.#members();
      await Promise.all(members.map((member) => this.refresh(member)));
      const ids = new Set(members.map(({ id }) => id));
      for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
      await sleep(ASK_EVERY_MS, undefined, { signal: this.#stop.signal }).catch(() => {});
    }
  }

  #authorization(): Record<string, string> {
    return this.#token === null ? {} : { Authorization: `Bearer ${this.#token}` };
  }
}
