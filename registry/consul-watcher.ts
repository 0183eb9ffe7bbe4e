// Watching instances in Consul by blocking queries of those whose check passes. What was last known stays known
// through every failure: an agent that is gone, refuses, throttles or babbles changes nothing. An answer changes
// something only if its instances do, whatever its index says. An empty list is passed on: who believes it is for
// the router to decide, which asks the instances themselves.

import { setTimeout as sleep } from 'node:timers/promises';
import { type Announcement, isSameAnnouncement, type RegistryWatcher } from './announcement.ts';
import { type ConsulRegistryOptions, parseConsulAddress } from './consul-address.ts';
import { ConsulClient } from './consul-client.ts';
import type { ConsulError } from './consul-error.ts';
import { createConsulLog } from './consul-log.ts';
import { afterAnswer, retryMs } from './consul-pace.ts';
import { readServices, SERVICE } from './consul-service.ts';

/** Also how long a query may hang that a stopped agent will never answer. */
const WAIT_MS = 10_000;

export interface ConsulWatcherOptions extends ConsulRegistryOptions {
  /** How long an agent may hold a query back, in ms. */
  readonly waitMs?: number;
}

/** Watches the agent's view. Throws UserError (usage) when the address cannot be read. */
export function createConsulWatcher({ registry, log, waitMs = WAIT_MS }: ConsulWatcherOptions): RegistryWatcher {
  const client = new ConsulClient(parseConsulAddress(registry));
  const consulLog = createConsulLog(registry, log);
  const stop = new AbortController();

  const run = async (onInstances: (instances: readonly Announcement[]) => void, onHeard: () => void): Promise<void> => {
    let index = 0n;
    let failures = 0;
    let known: readonly Announcement[] | null = null;
    while (!stop.signal.aborted) {
      const startedAt = performance.now();
      const answer = await client.passing(SERVICE, index, waitMs, stop.signal).catch((error: ConsulError) => error);
      if (stop.signal.aborted) return;
      let pauseMs: number;
      if (answer instanceof Error) {
        consulLog.bad(answer);
        failures++;
        index = 0n; // a restarted agent counts anew
        pauseMs = retryMs(answer, failures, Math.random());
      } else {
        consulLog.good();
        onHeard();
        failures = 0;
        const { instances, refused } = readServices(answer.entries);
        consulLog.refused(refused);
        if (!known || !isSameList(known, instances)) onInstances(instances);
        known = instances;
        ({ index, pauseMs } = afterAnswer(index, answer.index, performance.now() - startedAt));
      }
      await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => {});
    }
  };

  let running: Promise<void> = Promise.resolve();
  return {
    watch(onInstances, onHeard = () => {}) {
      running = run(onInstances, onHeard);
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}

function isSameList(a: readonly Announcement[], b: readonly Announcement[]): boolean {
  return a.length === b.length && a.every((instance, i) => isSameAnnouncement(instance, b[i]!));
}
