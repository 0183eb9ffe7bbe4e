// What the registry knows of an instance, and the small interfaces its two kinds of users need.

import type { Range } from '../people/range.ts';

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
  /** Calls back with all announced instances, at once when they are known and at each change, until `close`. */
  watch(onInstances: (instances: readonly Announcement[]) => void): void;
  close(): Promise<void>;
}
