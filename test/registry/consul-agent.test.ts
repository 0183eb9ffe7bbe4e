// Instances and a router's view of them with a real agent.

import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Announcement, RegistryAnnouncer, RegistryWatcher } from '../../registry/announcement.ts';
import { createConsulAnnouncer } from '../../registry/consul-announcer.ts';
import { createConsulWatcher } from '../../registry/consul-watcher.ts';
import { listen } from '../../runtime/listen.ts';
import { type ConsulAgent, hasConsul, startConsulAgent } from '../helpers/consul-agent.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { announcement } from './announcements.ts';
import { recordedLog } from './recorded-log.ts';

/** From an instance's word to the router's ear: the first check comes within a second, a new agent takes a few more. */
const SEEN_MS = 5_000;

describe.skipIf(!hasConsul)('with a real agent', () => {
  let agent: ConsulAgent;
  let instance: Server;
  let url: string;
  let isHealthy = true;
  let watcher: RegistryWatcher;
  const announcers = new Map<string, RegistryAnnouncer>();
  const { log, messages } = recordedLog();
  const seen: (readonly Announcement[])[] = [];
  const last = (): readonly Announcement[] => seen.at(-1) ?? [];
  const lastIs = (wanted: readonly string[], timeoutMs = SEEN_MS): Promise<unknown> =>
    waitFor(
      `instances ${wanted}`,
      () =>
        seen.length > 0 &&
        last()
          .map(({ id }) => id)
          .join() === wanted.join(),
      timeoutMs,
    );
  const factsOf = (id: string, range: string): Announcement => announcement({ id, range, url, opsUrl: null });
  const announce = (id: string, range: string): void => {
    const announcer = createConsulAnnouncer({ registry: agent.registry, log });
    announcers.set(id, announcer);
    announcer.announce(factsOf(id, range));
  };

  beforeAll(async () => {
    agent = await startConsulAgent();
    instance = createServer((_, res) => res.writeHead(isHealthy ? 200 : 503).end());
    url = await listen(instance, '127.0.0.1', 0);
    watcher = createConsulWatcher({ registry: agent.registry, log });
    watcher.watch((instances) => seen.push(instances));
  });
  afterAll(async () => {
    await watcher.close();
    for (const announcer of announcers.values()) await announcer.withdraw();
    await agent.kill();
    instance.closeAllConnections();
    instance.close();
  });

  it('nobody is there at first', async () => {
    await lastIs([]);
  });

  it('who announces itself is seen, with all facts, once its check passed', async () => {
    announce('a-1', 'A-D');
    announce('e-1', 'E-P');
    await lastIs(['a-1', 'e-1']);
    expect(last()).toEqual([factsOf('a-1', 'A-D'), factsOf('e-1', 'E-P')]);
  });

  it('new facts are seen at once, and nobody leaves for them', async () => {
    const before = seen.length;
    announcers.get('a-1')!.announce({ ...factsOf('a-1', 'A-D'), dataset: 'd2', epoch: 2 });
    await waitFor('the new dataset', () => last()[0]?.dataset === 'd2', 1_000);
    expect(seen.slice(before).map((instances) => instances.length)).toEqual([2]);
  });

  it('whose check fails is no longer among them, until it passes', async () => {
    isHealthy = false;
    await lastIs([]);
    isHealthy = true;
    await lastIs(['a-1', 'e-1']);
  });

  it('whose registration somebody deleted is back by itself', async () => {
    await fetch(`${agent.url}/v1/agent/service/deregister/e-1`, { method: 'PUT' });
    // The agent has forgotten it when it answers. How long the watcher sees it gone is a matter of luck.
    await waitFor('e-1 to be registered again', async () => (await agent.registered()).length === 2);
    await lastIs(['a-1', 'e-1']);
  });

  it('what others register in our name is refused, the rest stays', async () => {
    await fetch(`${agent.url}/v1/agent/service/register`, {
      method: 'PUT',
      body: JSON.stringify({ ID: 'stranger', Name: 'people-shard', Meta: { range: 'Z-A' } }),
    });
    await waitFor('the refusal', () => messages.some((line) => line.startsWith('service stranger ')));
    expect(last().map(({ id }) => id)).toEqual(['a-1', 'e-1']);
  });

  it('a killed agent takes nothing away; started again empty, it hears of everybody again', async () => {
    await agent.kill();
    const noticed = (): number => messages.filter((line) => line.includes('cannot be used')).length;
    await waitFor('all three to notice', () => noticed() === 3);
    expect(last().map(({ id }) => id)).toEqual(['a-1', 'e-1']);
    const before = seen.length;
    await agent.start();
    await waitFor('both to be registered', async () => (await agent.registered()).length === 2);
    await waitFor('both to be seen again', () => seen.length > before && last().length === 2);
    expect(last()[0]?.dataset).toBe('d2');
    await waitFor('all three to tell', () => messages.filter((line) => line.endsWith('is back')).length === 3);
  });

  it('a stopped agent takes nothing away either', async () => {
    const before = seen.length;
    agent.signal('SIGSTOP');
    await waitFor('a call to run out of time', () => messages.at(-1)?.includes('timed out'));
    agent.signal('SIGCONT');
    await waitFor('its return to be noticed', () => messages.at(-1)?.endsWith('is back'));
    announcers.get('a-1')!.announce({ ...factsOf('a-1', 'A-D'), dataset: 'd3' });
    await waitFor('new facts', () => last()[0]?.dataset === 'd3', SEEN_MS);
    expect(seen.slice(before).every((instances) => instances.length === 2)).toBe(true);
  });

  it('who withdraws is gone at once', async () => {
    const announcer = announcers.get('e-1')!;
    announcers.delete('e-1');
    expect(await announcer.withdraw()).toBe(true);
    await lastIs(['a-1'], 1_000);
    expect(await agent.registered()).not.toContain('e-1');
  });

  it('who withdraws while the agent is away is not heard', async () => {
    await agent.kill();
    expect(await announcers.get('a-1')!.withdraw()).toBe(false);
    announcers.delete('a-1');
  });
});
