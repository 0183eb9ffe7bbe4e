// A bad network between router and instances. With a sibling alive a client notices nothing; without one it gets the
// problem that says what happened, in a bounded time; and however much fails, nobody is asked much more than usually.

import { describe, expect, it } from 'vitest';
import { Pool } from '../../router/pool/pool.ts';
import { type Fault, type FaultProxy, openFaultProxy } from '../helpers/fault-proxy.ts';
import {
  announcementAt,
  openProbingRouter,
  type ProbingRouter,
  type ProbingRouterOptions,
} from '../helpers/probing-router.ts';
import { expectProblem } from '../helpers/problem.ts';
import { exchange, head, openRaw, type RawAnswer } from '../helpers/raw-http.ts';
import { openUpstream } from '../helpers/recording-upstream.ts';
import { openRouter } from '../helpers/router-under-test.ts';
import { createShard, peopleOf, serveShard } from '../helpers/sample-shard.ts';
import { waitFor } from '../helpers/wait-for.ts';

const SHARD = createShard('A-Z', peopleOf('J', 3_000));
const PAGE = head('/api/people/byFirstName/J', { fields: ['Connection: close'] });
const LARGE_PAGE = head('/api/people/byFirstName/J?limit=1000', { fields: ['Connection: close'] });
const STREAM = head('/api/people/byFirstName/J', { fields: ['Connection: close', 'Accept: application/x-ndjson'] });

/** A router in front of instances of one shard, each behind a network of its own. */
async function openNetwork(
  instances: number,
  options: ProbingRouterOptions = {},
): Promise<{ router: ProbingRouter; networks: readonly FaultProxy[] }> {
  const urls = await Promise.all(Array.from({ length: instances }, () => serveShard(SHARD)));
  const networks = await Promise.all(urls.map(({ url }) => openFaultProxy(url)));
  const announced = networks.map(({ url }) => announcementAt(url, SHARD));
  return { router: await openProbingRouter(announced, options), networks };
}

const ask = async ({ url }: ProbingRouter, request = PAGE): Promise<RawAnswer> => (await exchange(url, request))[0]!;

/** Statuses of so many requests, one after the other. */
async function statusesOf(router: ProbingRouter, count: number, request = PAGE): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < count; i++) statuses.push((await ask(router, request)).status);
  return statuses;
}

/** So many good requests: a fifth of them may be retried in the next ten seconds. */
async function warmUp(router: ProbingRouter, count: number): Promise<void> {
  const lanes = await Promise.all(Array.from({ length: 10 }, () => statusesOf(router, count / 10)));
  expect(new Set(lanes.flat())).toEqual(new Set([200]));
}

const attemptsOf = ({ counters }: ProbingRouter): number => counters.counts().people_upstream_attempts_total ?? 0;

const FAULTS: ReadonlyArray<readonly [what: string, fault: Fault]> = [
  ['delays its answers beyond an attempt', { kind: 'delay', ms: 700 }],
  ['resets its connections', { kind: 'reset' }],
  ['cuts its answers', { kind: 'truncate', bytes: 40 }],
  ['half-closes its connections', { kind: 'half-close' }],
  ['swallows requests', { kind: 'blackhole' }],
  ['stops within its answers', { kind: 'stall', bytes: 40 }],
];

describe('with a sibling alive', () => {
  it.each(FAULTS)('an instance that %s is noticed by no client, and soon not asked any more', async (_, fault) => {
    const { router, networks } = await openNetwork(2);
    const [bad] = networks;
    await warmUp(router, 300);
    bad!.set(fault);
    const statuses: number[] = [];
    await waitFor('the router to see it', async () => {
      statuses.push((await ask(router)).status);
      return router.healthOf(bad!.url) !== 'available';
    });
    statuses.push(...(await statusesOf(router, 20)));
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it.each<[what: string, fault: Fault]>([
    ['cut', { kind: 'truncate', bytes: 100_000 }],
    ['that stops', { kind: 'stall', bytes: 100_000 }],
  ])('a large page %s in the middle comes from the other, whole', async (_, fault) => {
    const { router, networks } = await openNetwork(2);
    const whole = await ask(router, LARGE_PAGE);
    expect(whole.body.length).toBeGreaterThan(100_000);
    const [bad] = networks;
    bad!.set(fault);
    const before = bad!.requests();
    await waitFor('it to be asked', async () => {
      const answer = await ask(router, LARGE_PAGE);
      expect([answer.status, answer.body.equals(whole.body)]).toEqual([200, true]);
      return bad!.requests() > before;
    });
  });

  it('an instance that is only slow answers, and is neither ejected nor down', async () => {
    const { router, networks } = await openNetwork(2, { attemptTimeoutMs: 5_000, deadlineMs: 10_000 });
    const [slow] = networks;
    slow!.set({ kind: 'delay', ms: 20 });
    expect(new Set(await statusesOf(router, 20))).toEqual(new Set([200]));
    expect([router.healthOf(slow!.url), attemptsOf(router)]).toEqual(['available', 20]);
  });

  it('an instance is asked again when its network is well again', async () => {
    const { router, networks } = await openNetwork(2);
    await warmUp(router, 300);
    const [bad] = networks;
    bad!.set({ kind: 'reset' });
    await waitFor('it to be down', async () => {
      expect((await ask(router)).status).toBe(200);
      return router.healthOf(bad!.url) === 'down';
    });
    bad!.set({ kind: 'none' });
    await waitFor('it to be available', () => router.healthOf(bad!.url) === 'available');
    networks[1]!.set({ kind: 'reset' });
    expect((await ask(router)).status).toBe(200);
  });
});

describe('alone', () => {
  const LIMITS = { attemptTimeoutMs: 300, deadlineMs: 1_200 };

  it.each<[what: string, fault: Fault, status: number]>([
    ['delays its answers beyond an attempt', { kind: 'delay', ms: 700 }, 504],
    ['resets its connections', { kind: 'reset' }, 502],
    ['cuts its answers', { kind: 'truncate', bytes: 40 }, 502],
    ['cuts its answers behind the head', { kind: 'truncate', bytes: 1_000 }, 502],
    ['half-closes its connections', { kind: 'half-close' }, 502],
    ['swallows requests', { kind: 'blackhole' }, 504],
    ['stops within its answers', { kind: 'stall', bytes: 40 }, 504],
    ['stops within its answers behind the head', { kind: 'stall', bytes: 1_000 }, 504],
  ])('an instance that %s: %j is %i, in time', async (_, fault, status) => {
    const { router, networks } = await openNetwork(1, LIMITS);
    networks[0]!.set(fault);
    const startedAt = performance.now();
    expect(expectProblem(await ask(router), status).detail).toContain('A-Z');
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('an instance that is down is 503 at once, without an attempt, until it is well again', async () => {
    const { router, networks } = await openNetwork(1, LIMITS);
    const [network] = networks;
    network!.set({ kind: 'reset' });
    await waitFor('it to be down', () => router.healthOf(network!.url) === 'down');
    const down = await ask(router);
    expect(expectProblem(down, 503).detail).toContain('A-Z');
    expect(Number(down.headers['retry-after'])).toBeGreaterThan(0);
    expect(attemptsOf(router)).toBe(0);
    network!.set({ kind: 'none' });
    await waitFor('it to be available', () => router.healthOf(network!.url) === 'available');
    expect((await ask(router)).status).toBe(200);
  });

  it.each([
    ['a page', PAGE],
    ['a stream', STREAM],
  ])('an instance that went down while all its places are taken: %s is 503 at once', async (_, request) => {
    const silent = await openUpstream(() => {});
    const pool = new Pool(SHARD.range, { maxInFlight: 8, maxQueue: 8, targetMs: 5_000 });
    const tell = (health: 'available' | 'down'): void =>
      pool.update([{ ...announcementAt(silent.url, SHARD), health, availableForMs: 60_000 }]);
    tell('available');
    const { url } = await openRouter([], {
      poolOf: () => pool,
      limits: { attemptTimeoutMs: 30_000, deadlineMs: 60_000 },
    });
    for (let i = 0; i < 8; i++) (await openRaw(url)).send(request);
    await waitFor('all places to be taken', () => silent.requests.length === 8);
    tell('down');
    const startedAt = performance.now();
    expectProblem((await exchange(url, request))[0]!, 503, {
      detail: 'No instance of range A-Z is available right now.',
    });
    expect(performance.now() - startedAt).toBeLessThan(900);
  });

  it('leaves no connection open that was given up', async () => {
    const { router, networks } = await openNetwork(1, LIMITS);
    networks[0]!.set({ kind: 'blackhole' });
    await Promise.all(Array.from({ length: 10 }, () => ask(router)));
    await waitFor('all but a probe to be gone', () => networks[0]!.connections() <= 1);
  });
});

describe('while everything fails', () => {
  it.each<[what: string, fault: Fault]>([
    ['resets', { kind: 'reset' }],
    ['says nothing', { kind: 'blackhole' }],
    ['cuts its answers', { kind: 'truncate', bytes: 1_000 }],
  ])('and %s, there are at most three attempts more than 1.2 a request', async (_, fault) => {
    const { router, networks } = await openNetwork(2, { attemptTimeoutMs: 100, deadlineMs: 1_000 });
    for (const network of networks) network.set(fault);
    const requests = 60;
    const statuses = await Promise.all(Array.from({ length: requests }, async () => (await ask(router)).status));
    expect(statuses.filter((status) => ![502, 503, 504].includes(status))).toEqual([]);
    expect(attemptsOf(router)).toBeLessThanOrEqual(requests * 1.2 + 3);
  });
});

describe('a stream', () => {
  it('that breaks cuts its client, who must not take it for complete', async () => {
    const { router, networks } = await openNetwork(2);
    for (const network of networks) network.set({ kind: 'truncate', bytes: 100_000 });
    const connection = await openRaw(router.url);
    connection.send(STREAM);
    await connection.closed;
    expect(connection.received()).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(connection.answers()).toEqual([]);
    expect(connection.receivedBytes()).toBeGreaterThan(10_000);
  });

  it.each(FAULTS)('whose instance %s before its first byte comes from the other', async (_, fault) => {
    const { router, networks } = await openNetwork(2);
    const [bad] = networks;
    bad!.set(fault);
    const before = bad!.requests();
    await waitFor('it to be asked', async () => {
      const answer = await ask(router, STREAM);
      expect([answer.status, answer.body.toString().split('\n').length]).toEqual([200, 3_001]);
      return bad!.requests() > before;
    });
  });
});
