// Announcing an instance at a Consul agent. Once a second the agent is asked what it has under our id; whatever is
// not our present facts (an agent that restarted empty, that reaped us while we hung, older facts) is registered
// anew. So nobody has to notice that an agent forgot.

import { setTimeout as sleep } from 'node:timers/promises';
import { type Announcement, RENEW_MS, type RegistryAnnouncer } from './announcement.ts';
import { type ConsulRegistryOptions, parseConsulAddress } from './consul-address.ts';
import { ConsulClient } from './consul-client.ts';
import type { ConsulError } from './consul-error.ts';
import { createConsulLog } from './consul-log.ts';
import { retryMs } from './consul-pace.ts';
import { isRegistered, registrationOf } from './consul-service.ts';

const CALL_LIMIT_MS = 1_000;
const WITHDRAW_LIMIT_MS = 1_000;
const LEAST_DEREGISTER_MS = 100;
/** One minute is the least that Consul takes for it. */
const CHECK = { interval: '1s', timeout: '1s', deregisterAfter: '1m' };

/** Announces an instance to the agent. Throws UserError (usage) when the address cannot be read. */
export function createConsulAnnouncer({ registry, log }: ConsulRegistryOptions): RegistryAnnouncer {
  const client = new ConsulClient(parseConsulAddress(registry));
  const consulLog = createConsulLog(registry, log);
  const stop = new AbortController();
  let current: Announcement | null = null;
  let registered: Announcement | null = null;
  let wake = new AbortController();

  const renew = async (announcement: Announcement): Promise<void> => {
    const registration = registrationOf(announcement);
    const found = await client.registered(announcement.id, CALL_LIMIT_MS);
    if (isRegistered(found, registration)) {
      consulLog.kept();
    } else {
      await client.register(registration, { url: `${announcement.url}/readyz`, ...CHECK }, CALL_LIMIT_MS);
      if (registered === announcement) consulLog.lost(announcement.id, found === null ? 'nothing' : 'something else');
    }
    registered = announcement;
  };
  const run = async (): Promise<void> => {
    for (let failures = 0; current && !stop.signal.aborted; ) {
      wake = new AbortController();
      let pauseMs = RENEW_MS;
      try {
        await renew(current);
        failures = 0;
        consulLog.good();
      } catch (error) {
        failures++;
        pauseMs = retryMs(error as ConsulError, failures, Math.random());
        consulLog.bad(error);
      }
      await sleep(pauseMs, undefined, { signal: wake.signal }).catch(() => {});
    }
  };

  let running: Promise<void> | null = null;
  return {
    announce(announcement) {
      current = announcement;
      wake.abort();
      running ??= run();
    },
    async withdraw() {
      const startedAt = performance.now();
      stop.abort();
      wake.abort();
      await running; // a registration under way must not follow the withdrawal
      if (!current) return false;
      const leftMs = WITHDRAW_LIMIT_MS - (performance.now() - startedAt);
      return client.deregister(current.id, Math.max(leftMs, LEAST_DEREGISTER_MS)).then(
        () => true,
        () => false, // its health check ends it
      );
    },
  };
}
