// What the registry knows of an instance, and the small interfaces its two kinds of users need.

import { parseRange, type Range } from '../people/range.ts';
import { UserError } from '../runtime/user-error.ts';

/** An instance as announced. Facts that a registry cannot know (static, dns) are null until /readyz tells them. */
export interface Announcement {
  readonly id: string;
  readonly range: Range;
  readonly dataset: string | null;
  readonly epoch: number | null;
  /** Where routers reach it, `http://host:port`. */
  readonly url: string;
  readonly opsUrl: string | null;
}

/** What a router needs of a registry: the instances, whole, each time they change. */
export interface RegistryWatcher {
  /**
   * Calls back with all announced instances, when they are first known and at each change, until `close`; and
   * `onHeard` each time the registry answered, changed or not: then the last known instances are no older than that.
   */
  watch(onInstances: (instances: readonly Announcement[]) => void, onHeard?: () => void): void;
  close(): Promise<void>;
}

/** What an instance needs of a registry. Both never throw: an unreachable registry is retried, for ever. */
export interface RegistryAnnouncer {
  /** Announces and keeps renewing; called again, it announces the new facts. */
  announce(announcement: Announcement): void;
  /** Stops renewing and leaves the registry; false when nobody there heard it within a second. */
  withdraw(): Promise<boolean>;
}

/** An instance that does not renew for this long has left. */
export const LEASE_MS = 5_000;
export const RENEW_MS = 1_000;

const ID = /^[\w.:-]{1,64}$/;

/** Reads an announcement from JSON. Throws UserError (usage) that names the odd field. */
export function parseAnnouncement(value: unknown): Announcement {
  const { id, range, dataset, epoch, url, opsUrl } = (value ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string' || !ID.test(id)) throw odd('id', id);
  if (typeof range !== 'string') throw odd('range', range);
  if (dataset !== null && (typeof dataset !== 'string' || !/^[0-9a-f]+$/.test(dataset))) throw odd('dataset', dataset);
  if (epoch !== null && !(Number.isSafeInteger(epoch) && (epoch as number) > 0)) throw odd('epoch', epoch);
  return {
    id,
    range: parseRange(range),
    dataset,
    epoch: epoch as number | null,
    url: parseInstanceUrl(url),
    opsUrl: opsUrl === null ? null : parseInstanceUrl(opsUrl),
  };
}

/** Reads the URL of an instance: `http://host:port`, nothing else. Throws UserError (usage). */
export function parseInstanceUrl(value: unknown): string {
  if (typeof value !== 'string' || !URL.canParse(value)) throw odd('URL', value);
  const { protocol, pathname, search, hash, username, origin } = new URL(value);
  if (protocol !== 'http:' || pathname !== '/' || search || hash || username) throw odd('URL', value);
  return origin;
}

/** Whether two announcements say the same. */
export function isSameAnnouncement(a: Announcement, b: Announcement): boolean {
  return (
    a.id === b.id &&
    a.range === b.range &&
    a.dataset === b.dataset &&
    a.epoch === b.epoch &&
    a.url === b.url &&
    a.opsUrl === b.opsUrl
  );
}

function odd(field: string, value: unknown): UserError {
  return UserError.usage(`${field} ${JSON.stringify(value)} is not what an announcement needs`);
}
