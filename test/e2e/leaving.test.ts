// How `zpeople start` leaves while it has work, and when it has no say in it.

import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type CliProcess, isRunning, runCli, spawnCli } from '../helpers/cli.ts';
import { getLetter, serverOf } from '../helpers/people-api.ts';
import { createFolder } from '../helpers/temporary-folder.ts';
import { waitFor } from '../helpers/wait-for.ts';

let folder: Awaited<ReturnType<typeof createFolder>>;

beforeAll(async () => {
  folder = await createFolder();
  const seeding = await runCli(['seed', '--people', '100000', '--data', folder.path]);
  expect(seeding).toMatchObject({ code: 0 });
});
afterAll(() => folder.remove());

async function startAll(): Promise<{ start: CliProcess; url: string; pids: readonly number[] }> {
  const start = spawnCli(['start', '--port', '0', '--data', folder.path]);
  onTestFinished(() => start.stop());
  const url = await start.ready();
  const pids = await Promise.all(['A', 'J', 'S'].map(async (letter) => serverOf(await getLetter(url, letter)).pid));
  return { start, url, pids };
}

/** A stream whose reader has seen its head and reads no further: work that is begun and not finished. */
async function openStream(url: string): Promise<IncomingMessage> {
  const request = get(`${url}/api/people/byFirstName/J`, { headers: { Accept: 'application/x-ndjson' } });
  request.on('error', () => {}); // a cut stream is seen on the answer
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  answer.on('error', () => {});
  return answer;
}

async function allGone(pids: readonly number[]): Promise<boolean> {
  return !(await Promise.all(pids.map(isRunning))).includes(true);
}

describe('start', () => {
  it('finishes what is begun, then leaves with 0', async () => {
    const { start, url, pids } = await startAll();
    const { total } = (await (await getLetter(url, 'J')).json()) as { total: number };
    const stream = await openStream(url);
    start.signal('SIGTERM');
    await waitFor('the router to drain', () => /"router".*leaving/.test(start.stderr()));
    stream.setEncoding('utf8');
    let body = '';
    for await (const text of stream) body += text;
    expect(stream.complete).toBe(true);
    expect(body.split('\n').filter(Boolean)).toHaveLength(total);
    expect(await start.ended).toMatchObject({ code: 0, signal: null });
    expect(await allGone(pids)).toBe(true);
  });

  it('leaves at once at a second signal, its children with it', async () => {
    const { start, url, pids } = await startAll();
    await openStream(url);
    start.signal('SIGINT');
    await waitFor('the router to drain', () => /"router".*leaving/.test(start.stderr()));
    start.signal('SIGINT');
    expect(await start.ended).toMatchObject({ code: 130 });
    await waitFor('its children to be gone', () => allGone(pids));
  });

  it('leaves no process behind when it is killed', async () => {
    const { start, url, pids } = await startAll();
    await start.stop();
    await waitFor('its instances to be gone', () => allGone(pids));
    await waitFor('its router to be gone', () =>
      getLetter(url, 'J').then(
        () => false,
        () => true,
      ),
    );
  });
});
