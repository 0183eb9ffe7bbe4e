// Ends, orderly and not: answers under way are finished, and nobody stays behind whoever is killed.

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type CliProcess, spawnCli } from '../helpers/cli.ts';
import { HEAVY_PEOPLE, writeHeavyData } from '../helpers/heavy-data.ts';
import { getLetter } from '../helpers/people-api.ts';
import { head, openRaw, type RawConnection } from '../helpers/raw-http.ts';
import { allGone, descendantsOf, instancesOf, order, RunningSystem, readyPids } from '../helpers/running-system.ts';
import { SABOTAGE, SABOTAGED } from '../helpers/sabotage.ts';
import { waitFor } from '../helpers/wait-for.ts';

const PATIENCE_MS = 20_000;

/** A stream whose reader stopped after the beginning: it is under way in router and shard. */
async function beginStream(url: string): Promise<RawConnection & { readonly workerPid: number }> {
  const connection = await openRaw(url);
  connection.send(head('/api/people/byFirstName/J', { fields: ['Accept: application/x-ndjson'] }));
  const pid = await waitFor('its beginning', () => /^served-by: .*\/(\d+)\r\n/im.exec(connection.received())?.[1]);
  connection.socket.pause();
  return { ...connection, workerPid: Number(pid) };
}

/** A further instance, as from another terminal. */
function spawnShard({ opsUrl, dataFolder }: RunningSystem, range: string): CliProcess {
  const own = ['--port', '0', '--ops-port', '0'];
  const shard = spawnCli(['shard', range, '--registry', opsUrl, '--data', dataFolder, ...own]);
  onTestFinished(() => shard.stop());
  return shard;
}

/** Reads on; everybody must be there. */
async function expectWhole(stream: RawConnection): Promise<void> {
  stream.socket.resume();
  const { status, body } = await stream.answer();
  expect([status, body.toString().split('\n').length - 1]).toEqual([200, HEAVY_PEOPLE]);
}

/** Sends a signal to all of these at once, as a terminal does. */
function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) process.kill(pid, signal);
}

describe('a stream under way is finished', () => {
  let system: RunningSystem;

  beforeAll(async () => {
    system = await RunningSystem.open({ writeData: writeHeavyData, variables: SABOTAGED });
  });
  afterAll(() => system?.close());

  it.each([
    ['throws', (pid: number) => process.kill(pid, SABOTAGE['throws where nobody catches'])],
    ['is rolled', async () => order(`${(await system.instance('A-Z')).opsUrl}/reload`)],
  ])('when its worker %s', async (_, act) => {
    const stream = await beginStream(system.url);
    const stateOf = async (): Promise<string | undefined> =>
      (await system.instance('A-Z')).workers.find(({ pid }) => pid === stream.workerPid)?.state;
    await act(stream.workerPid);
    await waitFor('its worker to drain', async () => (await stateOf()) === 'draining');
    await expectWhole(stream);
    await waitFor('its worker to be gone', async () => (await stateOf()) === undefined);
  });

  it('when the terminal of its instance sees Ctrl-C, which counts once although it reaches every process', async () => {
    const shard = spawnShard(system, 'A-Z');
    const stream = await beginStream(await shard.ready());
    const workers = await descendantsOf(shard.pid);
    signalAll([shard.pid, ...workers], 'SIGINT');
    await waitFor('it to leave', () => shard.logs().some(({ msg }) => msg.startsWith('leaving')));
    await expectWhole(stream);
    expect(await shard.ended).toMatchObject({ code: 0, signal: null });
    await allGone(workers);
  });

  it('when the terminal of start sees it', async () => {
    const everybody = await system.processes();
    const stream = await beginStream(system.url);
    signalAll([system.start.pid, ...everybody], 'SIGINT');
    await waitFor('the public port to be closed', () =>
      getLetter(system.url, 'A').then(
        () => false,
        () => true,
      ),
    );
    await expectWhole(stream);
    expect(await system.start.ended).toMatchObject({ code: 0, signal: null });
    await allGone(everybody);
  });
});

describe('a second signal', () => {
  it('ends everything now', async () => {
    const system = await RunningSystem.open({ writeData: writeHeavyData });
    onTestFinished(() => system.close());
    const everybody = await system.processes();
    const stream = await beginStream(system.url);
    system.start.signal('SIGINT');
    await waitFor('it to leave', () =>
      system.start.logs().some(({ name, msg }) => name === 'start' && msg.startsWith('leaving')),
    );
    system.start.signal('SIGTERM');
    expect(await system.start.ended).toMatchObject({ code: 143, signal: null });
    await allGone(everybody);
    stream.socket.resume();
    await stream.closed;
    expect(stream.answers()).toEqual([]); // it broke, and does not look complete
  });
});

describe('kill -9', () => {
  let system: RunningSystem;

  beforeAll(async () => {
    system = await RunningSystem.open();
  });
  afterAll(() => system?.close());

  it.each(['an instance', 'the router'])(
    'of the primary of %s leaves no worker, not even one that hangs',
    async (whose) => {
      const status = await system.status();
      const { pid, workers } = whose === 'the router' ? status.router : instancesOf(status)[0]!;
      const [hung, ...others] = readyPids(workers);
      process.kill(hung!, 'SIGSTOP');
      process.kill(pid!, 'SIGKILL');
      await allGone([pid!, hung!, ...others]);
      await system.until(
        'everybody to be back',
        (now) =>
          readyPids(now.router.workers).length === 1 &&
          instancesOf(now).length === 3 &&
          instancesOf(now).every((instance) => instance.pid !== pid && readyPids(instance.workers).length === 2),
        PATIENCE_MS,
      );
      expect((await getLetter(system.url, 'A')).status).toBe(200);
    },
  );

  it('of a single instance, too', async () => {
    const shard = spawnShard(system, 'E-P');
    await shard.ready();
    const workers = await descendantsOf(shard.pid);
    expect(workers).toHaveLength(2);
    await shard.stop();
    await allGone(workers);
  });

  it('of a start whose children still load leaves nobody', async () => {
    const start = spawnCli(['start', '--port', '0', '--ops-port', '0', '--data', system.dataFolder]);
    onTestFinished(() => start.stop());
    const children = await waitFor('its first child', async () => {
      const found = await descendantsOf(start.pid);
      return found.length > 0 ? found : null;
    });
    start.signal('SIGKILL');
    await allGone(children);
  });

  it('of the whole leaves nobody, not even one that hangs', async () => {
    const everybody = await system.processes();
    const { workers } = instancesOf(await system.status())[0]!;
    process.kill(readyPids(workers)[0]!, 'SIGSTOP');
    await system.start.stop();
    await allGone(everybody);
  });
});
