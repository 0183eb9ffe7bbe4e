// How `zpeople start` leaves while it has work, and when it has no say in it.

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type CliProcess, isRunning, runCli, spawnCli } from '../helpers/cli.ts';
import { createFolder } from '../helpers/temporary-folder.ts';
import { waitFor } from '../helpers/wait-for.ts';

let folder: Awaited<ReturnType<typeof createFolder>>;

beforeAll(async () => {
  folder = await createFolder();
  expect(await runCli(['seed', '--data', folder.path])).toMatchObject({ code: 0 });
});
afterAll(() => folder.remove());

interface Started {
  readonly start: CliProcess;
  readonly url: string;
  /** Of its router and instances. */
  readonly children: readonly number[];
}

async function startAll(...flags: string[]): Promise<Started> {
  const patience = ['--attempt-timeout', '1m', '--deadline', '1m'];
  const start = spawnCli([
    'start',
    '--log-level',
    'debug',
    '--port',
    '0',
    '--ops-port',
    '0',
    '--data',
    folder.path,
    ...patience,
    ...flags,
  ]);
  onTestFinished(() => start.stop());
  const url = await start.ready();
  const children = new Set(start.logs().map(({ pid }) => pid));
  children.delete(start.pid);
  expect(children.size).toBeGreaterThanOrEqual(4);
  return { start, url, children: [...children] };
}

/**
 * Begins a request whose page costs `--work-ms`, and resolves when the router has it in hand: it comes in one packet
 * behind another one, so that the other's answer proves that both were read.
 */
async function beginWork(url: string): Promise<{ readonly answer: Promise<string> }> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding('utf8');
  onTestFinished(() => void socket.destroy());
  let text = '';
  const answer = new Promise<string>((resolve) => {
    socket.on('data', (chunk: unknown) => {
      text += chunk;
    });
    socket.on('error', () => {}); // a cut connection is seen in the text
    socket.once('close', () => resolve(text.split(/(?=HTTP\/1\.1 )/)[1] ?? ''));
  });
  await once(socket, 'connect');
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nCache-Control: no-cache\r\n\r\n`;
  socket.write(get('/nothing') + get('/api/people/byFirstName/J?limit=1'));
  await waitFor('the first answer', () => text.includes('404 Not Found'));
  return { answer };
}

async function allGone(pids: readonly number[]): Promise<boolean> {
  return !(await Promise.all(pids.map(isRunning))).includes(true);
}

describe('start', () => {
  it('finishes what is begun, then leaves with 0', async () => {
    const { start, url, children } = await startAll('--work-ms', '1000');
    const { answer } = await beginWork(url);
    start.signal('SIGTERM');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n\{"letter":"J".*\}\s*$/);
    expect(await start.ended).toMatchObject({ code: 0, signal: null });
    expect(await allGone(children)).toBe(true);
  });

  it('leaves at once at a second signal, its children with it', async () => {
    const { start, url, children } = await startAll('--work-ms', '60000');
    await beginWork(url);
    start.signal('SIGINT');
    await waitFor('the router to drain', () => /"router".*leaving/.test(start.stderr()));
    await waitFor('its end', () => {
      start.signal('SIGINT');
      return start.hasEnded();
    });
    expect(await start.ended).toMatchObject({ code: 130 });
    await waitFor('its children to be gone', () => allGone(children));
  });

  it('leaves with 1 when the grace time ends before the work', async () => {
    const { start, url, children } = await startAll('--work-ms', '60000', '--grace', '200ms');
    const { answer } = await beginWork(url);
    start.signal('SIGTERM');
    expect(await start.ended).toMatchObject({ code: 1 });
    expect(await answer).toBe('');
    await waitFor('its children to be gone', () => allGone(children));
  });

  it('leaves no process behind when it is killed', async () => {
    const { start, children } = await startAll();
    await start.stop();
    await waitFor('its children to be gone', () => allGone(children));
  });
});
