// What becomes of real workers: their last words, their mail, and those that never were.

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { clusterForker } from '../../runtime/workers/cluster-process.ts';
import type { ToPrimary } from '../../runtime/workers/messages.ts';
import type { WorkerProcess } from '../../runtime/workers/worker-handle.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { waitFor } from '../helpers/wait-for.ts';

interface Watched {
  readonly worker: WorkerProcess;
  readonly heard: readonly ToPrimary[];
  readonly ended: Promise<{ how: string; undelivered: readonly Socket[] }>;
}

async function forkWorker(source: string): Promise<Watched> {
  const module = join(await temporaryFolder(), 'worker.mjs');
  await writeFile(module, source);
  const worker = clusterForker(module)();
  onTestFinished(() => worker.kill('SIGKILL'));
  const heard: ToPrimary[] = [];
  worker.onMessage((message) => heard.push(message));
  const ended = new Promise<Awaited<Watched['ended']>>((resolve) => {
    worker.onExit((how, undelivered) => resolve({ how, undelivered }));
  });
  return { worker, heard, ended };
}

/** A connection as a primary accepts it: not read from. */
async function acceptConnection(): Promise<{ readonly client: Socket; readonly accepted: Socket }> {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as { port: number }).port, '127.0.0.1');
  const [accepted] = (await once(server, 'connection')) as [Socket];
  server.close();
  onTestFinished(() => {
    client.destroy();
    accepted.destroy();
  });
  return { client, accepted };
}

it('is heard out before its end is told', async () => {
  const { heard, ended } = await forkWorker(`
    const report = (n, then) => process.send({ type: 'custom', body: 'x'.repeat(100_000) + n }, undefined, {}, then);
    for (let n = 1; n < 20; n++) report(n);
    report(20, () => process.exit(3));
  `);
  expect((await ended).how).toBe('exited with code 3');
  expect(heard).toHaveLength(20);
});

it('ends in words', async () => {
  const { worker, ended } = await forkWorker('setInterval(() => {}, 1_000)');
  worker.kill('SIGSEGV');
  expect((await ended).how).toBe('killed by SIGSEGV');
});

it('is told to have ended when it could not be started', async () => {
  const { execPath } = process;
  process.execPath = '/nonexistent/node';
  onTestFinished(() => {
    process.execPath = execPath;
  });
  const worker = clusterForker('/nonexistent/worker.mjs')();
  const how = await new Promise((resolve) => worker.onExit(resolve));
  expect(how).toBe('not started: spawn /nonexistent/node ENOENT');
});

it('keeps the connections it has taken, and their bytes', async () => {
  const { worker, heard } = await forkWorker(`
    process.on('message', (message, socket) => {
      process.send({ type: 'taken' });
      socket.on('data', (bytes) => socket.write('heard ' + bytes)).resume();
    });
    process.send({ type: 'booted' });
  `);
  await waitFor('it to listen', () => heard.length);
  const { client, accepted } = await acceptConnection();
  client.write('hello');
  worker.send({ type: 'connection' }, accepted);
  const [answer] = await once(client, 'data');
  expect(String(answer)).toBe('heard hello');
  await waitFor('our end to be closed', () => accepted.destroyed);
  expect(worker.waitingMs()).toBe(0);
  client.write('again');
  expect(String((await once(client, 'data'))[0])).toBe('heard again');
});

it('gives back, unread, the connections it never took', async () => {
  const { worker, heard, ended } = await forkWorker(`
    setInterval(() => {}, 1_000);
    process.send({ type: 'booted' });
  `);
  await waitFor('it to run', () => heard.length);
  process.kill(worker.pid, 'SIGSTOP');
  const connections = [await acceptConnection(), await acceptConnection(), await acceptConnection()];
  for (const { client, accepted } of connections) {
    client.write('hello');
    worker.send({ type: 'connection' }, accepted);
  }
  await waitFor('them to wait', () => worker.waitingMs() > 0);
  worker.kill('SIGKILL');
  const { undelivered } = await ended;
  expect(undelivered).toEqual(connections.map(({ accepted }) => accepted));
  for (const socket of undelivered) {
    const [bytes] = await once(socket.resume(), 'data');
    expect(String(bytes)).toBe('hello');
  }
});
