// The registry on a router's ops port, over real HTTP: what it takes, how long it knows it, and whom it tells.

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LEASE_MS } from '../../registry/announcement.ts';
import { REGISTRY_PATH } from '../../registry/embedded-registry.ts';
import { createHttpAnnouncer, createHttpWatcher } from '../../registry/http-registry.ts';
import { listed, openRegistry, put, silent } from '../helpers/open-registry.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { announcement } from '../registry/announcements.ts';

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
    const announcer = createHttpAnnouncer({ url: second.url, token: null, log: silent });
    onTestFinished(async () => void (await announcer.withdraw()));
    announcer.announce(announcement({ id: 'a-d-2' }));
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
