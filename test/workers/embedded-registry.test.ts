// The registry on a router's ops port, over real HTTP: instances that come, renew and go, routers that watch.

import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Announcement, LEASE_MS, type RegistryAnnouncer } from '../../registry/announcement.ts';
import { createEmbeddedRegistry, type EmbeddedRegistry, REGISTRY_PATH } from '../../registry/embedded-registry.ts';
import { createHttpAnnouncer, createHttpWatcher } from '../../registry/http-registry.ts';
import { refusalOf } from '../../router/table-keeper.ts';
import { createLog } from '../../runtime/log.ts';
import { openOpsServer } from '../../runtime/ops-server.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { announcement } from '../registry/announcements.ts';
import { recordedLog } from '../registry/recorded-log.ts';

const silent = createLog('test', 'silent');

interface OpenRegistry {
  readonly url: string;
  readonly registry: EmbeddedRegistry;
  readonly close: () => Promise<void>;
}

async function openRegistry({ port = 0, token = null as string | null } = {}): Promise<OpenRegistry> {
  const registry = createEmbeddedRegistry(silent, refusalOf);
  const operations = {
    isReady: () => true,
    status: () => ({}),
    metrics: async () => '',
    scale: () => {},
    reload: () => {},
    drain: () => {},
  };
  const { url, close } = await openOpsServer({
    ...{ host: '127.0.0.1', port, token, log: silent, operations },
    addRoutes: (app) => registry.addRoutes(app),
  });
  const closeBoth = async (): Promise<void> => {
    await registry.close();
    await close();
  };
  onTestFinished(closeBoth);
  return { url, registry, close: closeBoth };
}

/** A port where nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function put(url: string, body: object, id = 'a-d-1'): Promise<Response> {
  return fetch(`${url}${REGISTRY_PATH}/${id}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function listed(url: string): Promise<{ index: number; instances: Announcement[] }> {
  return (await (await fetch(url + REGISTRY_PATH)).json()) as { index: number; instances: Announcement[] };
}

function announcerFor(url: string, log = silent, token: string | null = null): RegistryAnnouncer {
  const announcer = createHttpAnnouncer({ url, token, log });
  onTestFinished(async () => void (await announcer.withdraw()));
  return announcer;
}

/** What a router elsewhere is told, from the first to the last. */
function watch(url: string): { readonly told: (readonly string[])[]; readonly close: () => Promise<void> } {
  const watcher = createHttpWatcher({ url, token: null, log: silent });
  const told: (readonly string[])[] = [];
  watcher.watch((instances) => told.push(instances.map(({ id }) => id)));
  onTestFinished(() => watcher.close());
  return { told, close: () => watcher.close() };
}

describe('an announcement', () => {
  it('is listed, and stays the same when it is renewed', async () => {
    const { url } = await openRegistry();
    expect((await put(url, announcement())).status).toBe(204);
    const first = await listed(url);
    expect(first.instances).toEqual([announcement()]);
    await put(url, announcement());
    expect(await listed(url)).toEqual(first);
  });

  it('ends with its lease, unless it is renewed', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { url } = await openRegistry();
    await put(url, announcement());
    await put(url, announcement({ id: 'a-d-2', url: 'http://127.0.0.1:4002' }), 'a-d-2');
    vi.advanceTimersByTime(LEASE_MS - 500);
    await put(url, announcement());
    vi.advanceTimersByTime(1_000);
    expect((await listed(url)).instances.map(({ id }) => id)).toEqual(['a-d-1']);
    vi.advanceTimersByTime(LEASE_MS);
    expect((await listed(url)).instances).toEqual([]);
  });

  it.each([
    ['overlaps another range of its epoch', { range: 'C-F' }, 409, 'ranges A-D and C-F of epoch 1 overlap'],
    ['has no URL', { url: 'nowhere' }, 400, 'URL "nowhere"'],
    ['has a URL with a path', { url: 'http://127.0.0.1:4002/x' }, 400, 'URL "http://127.0.0.1:4002/x"'],
    ['has an odd range', { range: 'D-A' }, 400, 'D-A'],
    ['has no epoch', { epoch: 'one' }, 400, 'epoch "one"'],
    ['has an odd dataset', { dataset: '../x' }, 400, 'dataset "../x"'],
  ])('that %s is refused, and changes nothing', async (_, facts, status, detail) => {
    const { url } = await openRegistry();
    await put(url, announcement());
    const before = await listed(url);
    const answer = await put(url, { ...announcement(), ...facts }, 'other');
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining(detail) });
    expect(await listed(url)).toEqual(before);
  });

  it('of an overlapping range of another epoch is taken: that is a change of layout', async () => {
    const { url } = await openRegistry();
    await put(url, announcement());
    expect((await put(url, announcement({ id: 'c-f-1', range: 'C-F', epoch: 2 }), 'c-f-1')).status).toBe(204);
  });
});

describe('an instance', () => {
  it('announces itself, tells what changed at once, and withdraws', async () => {
    const { url } = await openRegistry();
    const announcer = announcerFor(url);
    announcer.announce(announcement());
    await waitFor('it to be listed', async () => (await listed(url)).instances.length === 1);
    announcer.announce(announcement({ dataset: 'd2' }));
    await waitFor('its dataset', async () => (await listed(url)).instances[0]?.dataset === 'd2', 900); // no renewal's wait
    expect(await announcer.withdraw()).toBe(true);
    expect((await listed(url)).instances).toEqual([]);
  });

  it('comes back by itself after its registry was restarted, and says so once', async () => {
    const { log, messages } = recordedLog();
    const first = await openRegistry();
    announcerFor(first.url, log).announce(announcement());
    await waitFor('it to be listed', async () => (await listed(first.url)).instances.length === 1);
    await first.close();
    await waitFor('it to notice', () => messages.length);
    const second = await openRegistry({ port: Number(new URL(first.url).port) });
    await waitFor('it to be listed again', async () => (await listed(second.url)).instances.length === 1);
    await waitFor('it to say so', () => messages.length > 1);
    expect(messages).toEqual([
      expect.stringContaining(`registry ${first.url} cannot be used`),
      `registry ${first.url} is back`,
    ]);
  });

  it('keeps trying a registry that is not there yet', async () => {
    const port = await freePort();
    const { log, messages } = recordedLog();
    announcerFor(`http://127.0.0.1:${port}`, log).announce(announcement());
    await waitFor('it to fail', () => messages.length);
    const { url } = await openRegistry({ port });
    await waitFor('it to be listed', async () => (await listed(url)).instances.length === 1);
  });

  it('that is refused says why, and keeps trying', async () => {
    const { url } = await openRegistry();
    await put(url, announcement());
    const { log, messages } = recordedLog();
    announcerFor(url, log).announce(announcement({ id: 'c-f-1', range: 'C-F' }));
    await waitFor('it to say so', () => messages.length);
    expect(messages[0]).toContain('it answered 409: ranges A-D and C-F of epoch 1 overlap');
    await fetch(`${url}${REGISTRY_PATH}/a-d-1`, { method: 'DELETE' });
    await waitFor('it to be taken', async () => (await listed(url)).instances[0]?.id === 'c-f-1');
  });

  it('that leaves does not wait for a registry that is gone', async () => {
    const announcer = createHttpAnnouncer({ url: `http://127.0.0.1:${await freePort()}`, token: null, log: silent });
    announcer.announce(announcement());
    expect(await announcer.withdraw()).toBe(false);
  });

  it('that leaves does not wait for ever for a registry that hangs', async () => {
    const hanging = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => hanging.once('listening', resolve));
    onTestFinished(() => void hanging.close());
    const { port } = hanging.address() as { port: number };
    const announcer = createHttpAnnouncer({ url: `http://127.0.0.1:${port}`, token: null, log: silent });
    announcer.announce(announcement());
    expect(await announcer.withdraw()).toBe(false);
  });

  it('needs the token where there is one', async () => {
    const { url } = await openRegistry({ token: 'secret' });
    const { log, messages } = recordedLog();
    announcerFor(url, log, 'wrong').announce(announcement());
    await waitFor('it to be refused', () => messages.length);
    expect(messages[0]).toContain('it answered 401');
    const announcer = announcerFor(url, silent, 'secret');
    announcer.announce(announcement());
    const list = async (): Promise<unknown> =>
      (await fetch(url + REGISTRY_PATH, { headers: { Authorization: 'Bearer secret' } })).json();
    await waitFor('it to be listed', async () => JSON.stringify(await list()).includes('a-d-1'));
  });
});

describe('a router that watches', () => {
  it('from elsewhere is told everything at first, and then each change', async () => {
    const { url } = await openRegistry();
    await put(url, announcement());
    const { told } = watch(url);
    await waitFor('the first word', () => told.length === 1);
    await put(url, announcement()); // a renewal is no change
    await put(url, announcement({ id: 'a-d-2', url: 'http://127.0.0.1:4002' }), 'a-d-2');
    await waitFor('the second word', () => told.length === 2);
    await fetch(`${url}${REGISTRY_PATH}/a-d-1`, { method: 'DELETE' });
    await waitFor('the third word', () => told.length === 3);
    expect(told).toEqual([['a-d-1'], ['a-d-1', 'a-d-2'], ['a-d-2']]);
  });

  it('from elsewhere goes on with a restarted registry', async () => {
    const first = await openRegistry();
    await put(first.url, announcement());
    const { told } = watch(first.url);
    await waitFor('the first word', () => told.length === 1);
    await first.close();
    const second = await openRegistry({ port: Number(new URL(first.url).port) });
    announcerFor(second.url).announce(announcement({ id: 'a-d-2' }));
    await waitFor('word of the new one', () => told.at(-1)?.[0] === 'a-d-2');
  });

  it('from elsewhere can stop while it waits for an answer', async () => {
    const { url } = await openRegistry();
    await put(url, announcement());
    const { told, close } = watch(url);
    await waitFor('the first word', () => told.length === 1);
    await close();
    await put(url, announcement({ dataset: 'd2' }));
    expect(told).toHaveLength(1);
  });

  it('in the same process is told also of those who were quicker than it', async () => {
    const { url, registry } = await openRegistry();
    await put(url, announcement());
    const told: (readonly string[])[] = [];
    registry.watch((instances) => told.push(instances.map(({ id }) => id)));
    expect(told).toEqual([['a-d-1']]);
    await put(url, announcement({ id: 'a-d-2', url: 'http://127.0.0.1:4002' }), 'a-d-2');
    expect(told.at(-1)).toEqual(['a-d-1', 'a-d-2']);
  });
});
