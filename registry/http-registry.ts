// Joining an embedded registry from another process or machine: renewing an announcement, watching by long polls.
// An unreachable registry is asked again for ever; it is logged when it goes and when it is back, not in between.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../runtime/log.ts';
import { messageOf } from '../runtime/user-error.ts';
import {
  type Announcement,
  parseAnnouncement,
  RENEW_MS,
  type RegistryAnnouncer,
  type RegistryWatcher,
} from './announcement.ts';
import { REGISTRY_PATH } from './embedded-registry.ts';

const CALL_TIMEOUT_MS = 1_000;
const WATCH_TIMEOUT_MS = 40_000;

export interface HttpRegistryOptions {
  /** `http://HOST:PORT`, an ops port of a router. */
  readonly url: string;
  readonly token: string | null;
  readonly log: Logger;
}

/** Announces an instance to the registry at a URL. */
export function createHttpAnnouncer({ url, token, log }: HttpRegistryOptions): RegistryAnnouncer {
  const health = createHealthLog(url, log);
  const stop = new AbortController();
  let current: Announcement | null = null;
  let wake = new AbortController();
  const place = (id: string): string => `${url}${REGISTRY_PATH}/${encodeURIComponent(id)}`;

  const renew = async (announcement: Announcement): Promise<void> => {
    const response = await fetch(place(announcement.id), {
      method: 'PUT',
      headers: { ...authorization(token), 'Content-Type': 'application/json' },
      body: JSON.stringify(announcement),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}: ${await detailOf(response)}`);
    await response.body?.cancel();
  };
  const run = async (): Promise<void> => {
    while (current && !stop.signal.aborted) {
      wake = new AbortController();
      await renew(current).then(health.good, health.bad);
      await sleep(RENEW_MS, undefined, { signal: wake.signal }).catch(() => {});
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
      stop.abort();
      wake.abort();
      await running;
      if (!current) return false;
      return fetch(place(current.id), {
        method: 'DELETE',
        headers: authorization(token),
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      }).then(
        ({ ok }) => ok,
        () => false, // unreachable: the lease ends it
      );
    },
  };
}

/** Watches the registry at a URL. */
export function createHttpWatcher({ url, token, log }: HttpRegistryOptions): RegistryWatcher {
  const health = createHealthLog(url, log);
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();

  const ask = async (index: number): Promise<{ index: number; instances: readonly Announcement[] }> => {
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(WATCH_TIMEOUT_MS)]);
    const response = await fetch(`${url}${REGISTRY_PATH}?index=${index}`, { headers: authorization(token), signal });
    if (!response.ok) throw new Error(`it answered ${response.status}: ${await detailOf(response)}`);
    const body = (await response.json()) as { index: number; instances: unknown[] };
    return { index: body.index, instances: body.instances.map(parseAnnouncement) };
  };
  const run = async (onInstances: (instances: readonly Announcement[]) => void, onHeard: () => void): Promise<void> => {
    let index = 0;
    while (!stop.signal.aborted) {
      try {
        const answer = await ask(index);
        health.good();
        onHeard();
        if (answer.index !== index) onInstances(answer.instances);
        index = answer.index;
      } catch (error) {
        if (stop.signal.aborted) return;
        health.bad(error);
        index = 0; // a restarted registry counts anew
        await sleep(RENEW_MS, undefined, { signal: stop.signal }).catch(() => {});
      }
    }
  };
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

function createHealthLog(url: string, log: Logger): { good: () => void; bad: (error: unknown) => void } {
  let isDown = false;
  return {
    good: () => {
      if (isDown) log.info(`registry ${url} is back`);
      isDown = false;
    },
    bad: (error) => {
      if (!isDown) log.warn(`registry ${url} cannot be used (${causeOf(error)}); trying again every second`);
      isDown = true;
    },
  };
}

/** fetch hides why it failed in `cause`. */
function causeOf(error: unknown): string {
  return messageOf(error instanceof Error && error.cause ? error.cause : error);
}

async function detailOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => ({}))) as { detail?: unknown };
  return typeof body.detail === 'string' ? body.detail : response.statusText;
}

function authorization(token: string | null): Record<string, string> {
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}
