// A router in this process: members that are probed, pools, the app behind its door. As in a real one, but that primary
// and worker are one, and that a test is the registry.

import { onTestFinished } from 'vitest';
import type { Announcement } from '../../registry/announcement.ts';
import type { ForwardLimits } from '../../router/answer/forward.ts';
import type { Member } from '../../router/pool/pool.ts';
import { Pools } from '../../router/pool/pools.ts';
import { createRouterApp } from '../../router/router-app.ts';
import { type InstanceView, Members } from '../../router/table/members.ts';
import { Counters } from '../../runtime/counters.ts';
import { KnownHeads } from '../../runtime/known-heads.ts';
import { openDoor } from './listening.ts';
import { waitFor } from './wait-for.ts';

export interface ProbingRouter {
  readonly url: string;
  readonly counters: Counters;
  readonly pools: Pools;
  /** How an instance is, as the router sees it; null for one that it does not know. */
  healthOf(url: string): InstanceView['health'] | 'ejected' | null;
  /** Takes what a registry says. */
  announce(announced: readonly Announcement[]): void;
}

export interface ProbingRouterOptions extends Partial<ForwardLimits> {
  readonly cacheMb?: number;
  readonly maxInFlight?: number;
  readonly maxQueue?: number;
}

/** Opens a router until the test is over; resolves when all instances are available. */
export async function openProbingRouter(
  announced: readonly Announcement[],
  {
    attemptTimeoutMs = 500,
    deadlineMs = 3_000,
    cacheMb = 0,
    maxInFlight = 256,
    maxQueue = 256,
  }: ProbingRouterOptions = {},
): Promise<ProbingRouter> {
  const pools = new Pools({ maxInFlight, maxQueue, targetMs: attemptTimeoutMs });
  const counters = new Counters();
  const errors: unknown[] = [];
  const members = new Members({ onChange: (instances) => pools.update(instances) });
  const heads = new KnownHeads();
  const { handler, close } = createRouterApp({
    heads,
    poolOf: (letter) => pools.poolOf(letter),
    limits: { attemptTimeoutMs, deadlineMs },
    cacheMb,
    counters,
    onError: (error) => errors.push(error),
    onSuspect: ({ url }) => members.probeNow(url),
    onEjected: ({ range }) => counters.add(`people_ejections_total{range="${range}"}`),
  });
  const { url } = await openDoor(handler, {}, heads);
  onTestFinished(() => {
    members.close();
    close();
    if (errors.length > 0) throw errors[0];
  });
  members.update(announced);
  await waitFor('all to be available', () => members.instances.every(({ health }) => health === 'available'));
  const memberAt = (instanceUrl: string): Member | undefined =>
    [...pools.all].flatMap((pool) => pool.members).find((member) => member.url === instanceUrl);
  return {
    url,
    counters,
    pools,
    announce: (instances) => members.update(instances),
    healthOf: (instanceUrl) => {
      const member = memberAt(instanceUrl);
      return member && performance.now() < member.ejection.until ? 'ejected' : (member?.health ?? null);
    },
  };
}

/** The announcement of an instance at a URL. */
export function announcementAt(url: string, facts: Pick<Announcement, 'range' | 'dataset'>, id = url): Announcement {
  return { id, url, epoch: 1, opsUrl: null, ...facts };
}
