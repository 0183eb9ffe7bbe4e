// An instance and its registry, over real HTTP: it announces itself, keeps at it whatever happens, and leaves.

import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RegistryAnnouncer } from '../../registry/announcement.ts';
import { REGISTRY_PATH } from '../../registry/embedded-registry.ts';
import { createHttpAnnouncer } from '../../registry/http-registry.ts';
import { freePort, listed, openRegistry, put, silent } from '../helpers/open-registry.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { announcement } from '../registry/announcements.ts';
import { recordedLog } from '../registry/recorded-log.ts';

function announcerFor(url: string, log = silent, token: string | null = null): RegistryAnnouncer {
  const announcer = createHttpAnnouncer({ url, token, log });
  onTestFinished(async () => void (await announcer.withdraw()));
  return announcer;
}

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
