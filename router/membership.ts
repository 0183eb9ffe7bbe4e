// Who is in the routing table: everybody announced, and those who vanished from the registry but still answer. A
// registry that is suddenly empty (restarted, lost its memory) therefore takes nobody out of service.

import type { Announcement } from '../registry/announcement.ts';
import { type ProbeResult, probe } from './probe.ts';

/** The members after a registry update, and those of them that are no longer announced: to be probed. Pure. */
export function reconcile(
  members: readonly Announcement[],
  announced: readonly Announcement[],
): { readonly members: readonly Announcement[]; readonly missing: readonly Announcement[] } {
  const ids = new Set(announced.map(({ id }) => id));
  const urls = new Set(announced.map(({ url }) => url));
  const missing = members.filter(({ id, url }) => !ids.has(id) && !urls.has(url));
  return { members: [...announced, ...missing], missing };
}

export interface MembershipOptions {
  /** Called with all members at each change. */
  readonly onChange: (members: readonly Announcement[]) => void;
  readonly probe?: (url: string, timeoutMs: number) => Promise<ProbeResult>;
}

const PROBE_TIMEOUT_MS = 1_000;
const PROBE_AGAIN_MS = 1_000;

export class Membership {
  readonly #options: MembershipOptions;
  #members: readonly Announcement[] = [];
  readonly #timers = new Map<string, NodeJS.Timeout | null>();
  #isClosed = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  get members(): readonly Announcement[] {
    return this.#members;
  }

  /** Takes what the registry says now. */
  update(announced: readonly Announcement[]): void {
    const { members, missing } = reconcile(this.#members, announced);
    this.#members = members;
    const missingIds = new Set(missing.map(({ id }) => id));
    for (const [id, timer] of this.#timers) {
      if (missingIds.has(id)) continue;
      if (timer) clearTimeout(timer);
      this.#timers.delete(id);
    }
    for (const instance of missing) if (!this.#timers.has(instance.id)) void this.#check(instance);
    this.#options.onChange(this.#members);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) if (timer) clearTimeout(timer);
  }

  /** Probes a member that is not announced, again and again, until it fails or is announced again. */
  async #check(instance: Announcement): Promise<void> {
    this.#timers.set(instance.id, null);
    const { kind } = await (this.#options.probe ?? probe)(instance.url, PROBE_TIMEOUT_MS);
    if (this.#isClosed || !this.#timers.has(instance.id)) return;
    if (kind === 'ready') {
      this.#timers.set(
        instance.id,
        setTimeout(() => void this.#check(instance), PROBE_AGAIN_MS),
      );
      return;
    }
    this.#timers.delete(instance.id);
    this.#members = this.#members.filter(({ id }) => id !== instance.id);
    this.#options.onChange(this.#members);
  }
}
