// Who is in the routing table, and how each of them is: everybody announced, and those who vanished from the registry
// but still answer probes. A registry that is suddenly empty (restarted, lost its memory) takes nobody out of service.
// Invariant: one probe of an instance at a time; its URL is its identity; `close` ends all timers.

import type { Announcement } from '../../registry/announcement.ts';
import { afterProbe, type Health, NEW_INSTANCE, probeIntervalMs } from './health.ts';
import { type ProbeFacts, type ProbeResult, probe } from './probe.ts';

/** An instance with its health, as workers are told it. */
export interface InstanceView extends Announcement {
  readonly health: Health['kind'];
  /** How long it has been available, in ms; clocks differ between processes. */
  readonly availableForMs: number;
}

export interface MembersOptions {
  /** Called with everybody at each change. */
  readonly onChange: (instances: readonly InstanceView[]) => void;
  /** An instance's health changed. */
  readonly onHealth?: (instance: Announcement, before: Health['kind'], now: Health['kind']) => void;
  readonly probe?: (url: string, timeoutMs: number) => Promise<ProbeResult>;
  readonly now?: () => number;
  readonly random?: () => number;
}

interface Member {
  announcement: Announcement;
  facts: ProbeFacts | null;
  isAnnounced: boolean;
  health: Health;
  /** When it last answered a request of a client, on our clock. */
  answeredAt: number;
  isProbing: boolean;
  /** Somebody wants to know more than the probe under way can tell. */
  isAskedAgain: boolean;
  timer: NodeJS.Timeout | undefined;
}

const PROBE_TIMEOUT_MS = 1_000;
const JITTER = 0.1;

export class Members {
  readonly #options: MembersOptions;
  readonly #now: () => number;
  readonly #members = new Map<string, Member>();
  #isClosed = false;

  constructor(options: MembersOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Everybody, as of now. */
  get instances(): readonly InstanceView[] {
    const nowMs = this.#now();
    return [...this.#members.values()].map(({ announcement, facts, health }) => ({
      ...withFacts(announcement, facts),
      health: health.kind,
      availableForMs: health.kind === 'available' ? nowMs - health.availableSince : 0,
    }));
  }

  /** Takes what the registry says now. Who is missing stays until a probe fails. */
  update(announced: readonly Announcement[]): void {
    const urls = new Set(announced.map(({ url }) => url));
    for (const announcement of announced) {
      const member = this.#members.get(announcement.url);
      if (member) Object.assign(member, { announcement, isAnnounced: true });
      else this.#add(announcement);
    }
    for (const [url, member] of this.#members) {
      if (urls.has(url) || !member.isAnnounced) continue;
      member.isAnnounced = false;
      this.probeNow(url);
    }
    this.#changed();
  }

  /** Probes an instance at once: somebody has doubts. Its state is then told even if nothing changed. */
  probeNow(url: string): void {
    const member = this.#members.get(url);
    if (!member) return;
    member.isAskedAgain = true;
    if (!member.isProbing) void this.#probe(member);
  }

  /** An instance answered a request `agoMs` ago. */
  answered(url: string, agoMs: number): void {
    const member = this.#members.get(url);
    if (member) member.answeredAt = Math.max(member.answeredAt, this.#now() - agoMs);
  }

  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#members.values()) clearTimeout(timer);
  }

  #add(announcement: Announcement): void {
    const member: Member = {
      ...{ announcement, facts: null, isAnnounced: true, health: NEW_INSTANCE, answeredAt: Number.NEGATIVE_INFINITY },
      ...{ isProbing: false, isAskedAgain: false, timer: undefined },
    };
    this.#members.set(announcement.url, member);
    void this.#probe(member);
  }

  async #probe(member: Member): Promise<void> {
    const { url } = member.announcement;
    clearTimeout(member.timer);
    const wasAsked = member.isAskedAgain;
    member.isAskedAgain = false;
    member.isProbing = true;
    const startedAt = this.#now();
    const result = await (this.#options.probe ?? probe)(url, PROBE_TIMEOUT_MS);
    member.isProbing = false;
    // Too busy to answer a probe in time, and still answering requests: it drowns, but it is not down.
    const isBusy = result.kind === 'failed' && result.isTimeout && member.answeredAt >= startedAt;
    if (this.#isClosed || this.#members.get(url) !== member) return;
    const hasChanged = !isBusy && this.#apply(member, result);
    if (this.#members.has(url)) {
      const interval = probeIntervalMs(member.health) * this.#jitter();
      const delayMs = member.isAskedAgain ? 0 : Math.max(0, startedAt + interval - this.#now());
      member.timer = setTimeout(() => void this.#probe(member), delayMs);
    }
    if (hasChanged || wasAsked) this.#changed();
  }

  /** Takes a probe's result; true when anything that others see changed. */
  #apply(member: Member, result: ProbeResult): boolean {
    const before = member.health;
    member.health = afterProbe(before, result.kind, this.#now());
    const facts = result.kind === 'ready' ? result.facts : member.facts;
    const hasNewFacts = JSON.stringify(facts) !== JSON.stringify(member.facts);
    member.facts = facts;
    if (!member.isAnnounced && result.kind !== 'ready') {
      this.#members.delete(member.announcement.url);
      return true;
    }
    if (before.kind === member.health.kind) return hasNewFacts;
    this.#options.onHealth?.(withFacts(member.announcement, facts), before.kind, member.health.kind);
    return true;
  }

  #jitter(): number {
    return 1 - JITTER + (this.#options.random ?? Math.random)() * JITTER * 2;
  }

  #changed(): void {
    if (!this.#isClosed) this.#options.onChange(this.instances);
  }
}

/** An announcement with what its registry could not know filled in by the instance itself. */
function withFacts(announcement: Announcement, facts: ProbeFacts | null): Announcement {
  if (!facts) return announcement;
  const isAnonymous = announcement.dataset === null;
  return {
    ...announcement,
    id: isAnonymous ? (facts.id ?? announcement.id) : announcement.id,
    dataset: announcement.dataset ?? facts.dataset,
    epoch: announcement.epoch ?? facts.epoch,
    opsUrl: announcement.opsUrl ?? facts.opsUrl,
  };
}
