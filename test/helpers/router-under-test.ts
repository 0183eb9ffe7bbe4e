// A router's app behind its door, with one pool of the instances that a test names.

import { onTestFinished } from 'vitest';
import { parseRange } from '../../people/range.ts';
import { Pool } from '../../router/pool/pool.ts';
import { createRouterApp, type RouterAppOptions } from '../../router/router-app.ts';
import { Counters } from '../../runtime/counters.ts';
import { KnownHeads } from '../../runtime/known-heads.ts';
import { openDoor } from './listening.ts';

export interface RouterUnderTest {
  readonly url: string;
  readonly counters: Counters;
}

/** Opens a router in front of instances until the test is over; whatever it would log as an error fails the test. */
export async function openRouter(
  instanceUrls: readonly string[],
  {
    limits,
    dataset = '0123456789ab',
    ...options
  }: Partial<Omit<RouterAppOptions, 'limits'>> & {
    limits?: Partial<RouterAppOptions['limits']>;
    dataset?: string;
  } = {},
): Promise<RouterUnderTest> {
  const range = parseRange('A-Z');
  const pool = new Pool(range, { maxInFlight: 256, maxQueue: 256, targetMs: 60_000 });
  pool.update(
    instanceUrls.map((url, i) => ({
      ...{ id: `instance-${i}`, range, dataset, epoch: 1, url, opsUrl: null },
      health: 'available' as const,
      availableForMs: 60_000,
    })),
  );
  const counters = new Counters();
  const errors: unknown[] = [];
  const heads = new KnownHeads();
  const { handler, onRefused, close } = createRouterApp({
    heads,
    poolOf: () => pool,
    limits: { attemptTimeoutMs: 2_000, deadlineMs: 10_000, ...limits },
    cacheMb: 0,
    counters,
    onError: (error) => errors.push(error),
    ...options,
  });
  const { url } = await openDoor(handler, { onRefused }, heads);
  onTestFinished(() => {
    close();
    if (errors.length > 0) throw errors[0];
  });
  return { url, counters };
}
