// Instances found by DNS, as behind a Kubernetes headless service or a compose service: every address of a range's
// name is one instance. Names are resolved anew every second; what an address serves (dataset, epoch, ops port) its
// /readyz tells the router.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Layout } from '../people/range.ts';
import { urlOf } from '../runtime/listen.ts';
import type { Logger } from '../runtime/log.ts';
import type { Announcement, RegistryWatcher } from './announcement.ts';
import {
  addressesOf,
  complaintOf,
  type DnsAnswer,
  isKnown,
  type KnownAddresses,
  learn,
  NOTHING_KNOWN,
} from './dns-answers.ts';
import { parseDnsRegistry, type RangeName } from './dns-names.ts';
import { createNameSource, type NameSource } from './dns-questions.ts';

export interface DnsWatcherOptions {
  /** `dns://people-{range}.example:3000`. */
  readonly registry: string;
  readonly layout: Layout;
  readonly log: Logger;
  readonly source?: NameSource;
  /** Distance between two rounds of questions. */
  readonly everyMs?: number;
}

const EVERY_MS = 1_000;

/** Watches the names of all ranges of a layout. Throws UserError (usage) when the registry cannot be read. */
export function createDnsWatcher(options: DnsWatcherOptions): RegistryWatcher {
  const { registry, layout, log, source = createNameSource(), everyMs = EVERY_MS } = options;
  const names = parseDnsRegistry(registry, layout).map((place) => createWatchedName(place, source, log));
  const stop = new AbortController();

  const run = async (onInstances: (instances: readonly Announcement[]) => void, onHeard: () => void): Promise<void> => {
    let told: string | null = null;
    while (!stop.signal.aborted) {
      await Promise.all(names.map((name) => name.refresh(stop.signal)));
      if (stop.signal.aborted) return;
      if (names.every((name) => name.isFresh())) onHeard();
      const instances = names.flatMap((name) => name.instances());
      const telling = instances.map(({ id, range }) => `${range} ${id}`).join();
      if (telling !== told && names.some((name) => name.isKnown())) {
        told = telling;
        onInstances(instances);
      }
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => {});
    }
  };

  let running: Promise<void> = Promise.resolve();
  return {
    watch(onInstances, onHeard = () => {}) {
      running = run(onInstances, onHeard);
    },
    async close() {
      stop.abort();
      source.cancel();
      await running;
    },
  };
}

interface WatchedName {
  refresh(signal: AbortSignal): Promise<void>;
  instances(): readonly Announcement[];
  isKnown(): boolean;
  /** Whether the last question was answered. */
  isFresh(): boolean;
}

function createWatchedName({ range, name, port }: RangeName, source: NameSource, log: Logger): WatchedName {
  let known: KnownAddresses = NOTHING_KNOWN;
  let complaint: string | null = null;
  let isMissed = false;
  const tell = (v4: DnsAnswer, v6: DnsAnswer): void => {
    const now = complaintOf(v4, v6);
    if (now !== null && complaint === null) log.warn(`${name} cannot be resolved (${now}); going on with what it was`);
    if (now === null && complaint !== null) log.info(`${name} can be resolved again`);
    complaint = now;
    const isNowMissed = isKnown(known) && addressesOf(known).length === 0;
    if (isNowMissed && !isMissed) log.warn(`${name} has no address: DNS knows of nobody who serves ${range}`);
    isMissed = isNowMissed;
  };
  return {
    async refresh(signal) {
      const { v4, v6 } = await source.ask(name);
      if (signal.aborted) return;
      known = learn(known, v4, v6);
      tell(v4, v6);
    },
    instances: () =>
      addressesOf(known).map((address) => {
        const url = urlOf(address, port);
        return { id: url.slice('http://'.length), range, dataset: null, epoch: null, url, opsUrl: null };
      }),
    isKnown: () => isKnown(known),
    isFresh: () => complaint === null,
  };
}
