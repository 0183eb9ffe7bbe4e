// The whole product under Consul, as real processes, with load from start to end: its agent is killed for a while and
// comes back empty. CONSUL_OUTAGE_S=20 makes the outage that long.

import { Agent, get } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliProcess, runCli, spawnCli } from '../helpers/cli.ts';
import { type ConsulAgent, hasConsul, startConsulAgent } from '../helpers/consul-agent.ts';
import { getLetter } from '../helpers/people-api.ts';
import { createFolder } from '../helpers/temporary-folder.ts';
import { waitFor } from '../helpers/wait-for.ts';

const OUTAGE_S = Number(process.env.CONSUL_OUTAGE_S ?? 5);
const CONNECTIONS = 24;
const RANGES = ['A-D', 'E-P', 'Q-Z'] as const;
const TEST_TIMEOUT_MS = OUTAGE_S * 1_000 + 40_000;

interface RouterStatus {
  readonly pools: readonly { readonly instances: readonly { readonly id: string; readonly state: string }[] }[];
}

describe.skipIf(!hasConsul)('router and instances under Consul', { timeout: TEST_TIMEOUT_MS }, () => {
  const processes: CliProcess[] = [];
  let folder: Awaited<ReturnType<typeof createFolder>>;
  let agent: ConsulAgent;
  let relay: Awaited<ReturnType<typeof startRelay>>;
  let url: string;
  let opsUrl: string;

  const start = (...args: readonly string[]): CliProcess => {
    const child = spawnCli([...args, '--port', '0', '--ops-port', '0', '--workers', '1']);
    processes.push(child);
    return child;
  };
  const startShard = (range: string, id: string): CliProcess =>
    start('shard', range, '--id', id, '--registry', agent.registry, '--data', folder.path);

  beforeAll(async () => {
    folder = await createFolder();
    agent = await startConsulAgent();
    relay = await startRelay(Number(new URL(agent.url).port));
    const seeded = await runCli(['seed', '--people', '500', '--data', folder.path]);
    expect(seeded).toMatchObject({ code: 0 });
    const router = start('router', '--registry', `consul://127.0.0.1:${relay.port}`);
    const shards = RANGES.map((range) => startShard(range, range.toLowerCase()));
    url = await router.ready();
    opsUrl = /ops (\S+)/.exec(router.stdout())![1]!;
    await Promise.all(shards.map((shard) => shard.ready()));
    for (const range of RANGES) {
      await waitFor(`${range} to be served`, async () => (await getLetter(url, range.charAt(0))).ok, 20_000);
    }
  });
  afterAll(async () => {
    await Promise.all(processes.map((child) => child.stop()));
    relay.close();
    await agent.kill();
    await folder.remove();
  });

  it('asks the registry nothing for a request', async () => {
    const callsBefore = relay.connections();
    const load = startLoad(url);
    await waitFor('1000 answers', () => load.answers() >= 1_000, 20_000);
    await load.stop();
    const renewals = 1; // a blocking query ends by itself after ten seconds
    expect(relay.connections() - callsBefore).toBeLessThanOrEqual(renewals);
    expect(load.failures).toEqual([]);
  });

  it(`fails no request while the agent is dead for ${OUTAGE_S} s and back empty; all are registered again`, async () => {
    const load = startLoad(url);
    await waitFor('the load to run', () => load.answers() >= 100);
    await agent.kill();
    await sleep(OUTAGE_S * 1_000);
    const answersInOutage = load.answers();
    await agent.start();
    const restartedAt = performance.now();
    const isAll = (ids: readonly string[]): boolean => ids.join() === 'a-d,e-p,q-z';
    await waitFor('all to be registered', async () => isAll(await agent.registered()));
    const registeredAfterMs = performance.now() - restartedAt;
    await waitFor('all to pass', async () => isAll(await agent.passing()));
    const passingAfterMs = performance.now() - restartedAt;
    await sleep(1_000); // the router has heard all there is, and serves on
    await load.stop();
    console.info(
      `agent dead for ${OUTAGE_S} s: ${load.answers()} requests on ${CONNECTIONS} connections, ${answersInOutage} by its ` +
        `return, ${load.failures.length} failed; all registered ${Math.round(registeredAfterMs)} ms after it, ` +
        `passing ${Math.round(passingAfterMs)} ms after it`,
    );
    expect(load.failures).toEqual([]);
  });

  it('lets a new instance join afterwards', async () => {
    const shard = startShard('A-D', 'a-d-2');
    await shard.ready();
    await waitFor('the router to know it', async () => {
      const status = (await (await fetch(`${opsUrl}/status`)).json()) as RouterStatus;
      return status.pools[0]?.instances.some(({ id, state }) => id === 'a-d-2' && state === 'available');
    });
  });

  it('lets one leave without a failed request', async () => {
    const load = startLoad(url);
    const leaving = processes.at(-1)!;
    leaving.signal('SIGTERM');
    expect(await leaving.ended).toMatchObject({ code: 0 });
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(await agent.registered()).toEqual(['a-d', 'e-p', 'q-z']);
  });
});

/** Asks for all letters in turn, past the cache, on kept connections, until stopped; anything but 200 is a failure. */
function startLoad(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const failures: string[] = [];
  let answers = 0;
  let isStopped = false;
  const ask = (letter: string): Promise<void> =>
    new Promise((resolve) => {
      const failed = (why: string): void => {
        failures.push(`${letter}: ${why}`);
        resolve();
      };
      const options = { agent, headers: { 'Cache-Control': 'no-cache' } };
      get(`${url}/api/people/byFirstName/${letter}?limit=5`, options, (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        res.once('error', (error) => failed(error.message));
        res.once('end', () => {
          answers++;
          if (res.statusCode === 200) resolve();
          else failed(`${res.statusCode} ${text}`);
        });
      }).once('error', (error) => failed(error.message));
    });
  const lane = async (first: number): Promise<void> => {
    for (let i = first; !isStopped; i++) {
      await ask(String.fromCharCode(65 + (i % 26)));
      await sleep(5); // load enough, and time left for the other tests
    }
  };
  const lanes = Array.from({ length: CONNECTIONS }, (_, i) => lane(i));
  return {
    failures: failures as readonly string[],
    answers: () => answers,
    stop: async () => {
      isStopped = true;
      await Promise.all(lanes);
      agent.destroy();
    },
  };
}

/** Passes connections on to a port of this machine and counts them: calls of Consul have one each. */
async function startRelay(port: number) {
  let connections = 0;
  const server = createServer((near) => {
    connections++;
    const far = connect({ host: '127.0.0.1', port });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.pipe(to);
      from.once('error', () => to.destroy());
      from.once('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () => void server.close(),
  };
}
