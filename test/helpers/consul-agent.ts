// A real Consul agent of a test: `consul agent -dev`, server and client in one, nothing on disk, on loopback ports of
// its own. Killed and started again it has forgotten everything and is found at the same address.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { waitFor } from './wait-for.ts';

export interface ConsulAgent {
  /** `consul://…`. */
  readonly registry: string;
  /** `http://…`. */
  readonly url: string;
  /** Ids of what passes its check, as a router would be told. */
  passing(): Promise<readonly string[]>;
  /** Ids of what is registered. */
  registered(): Promise<readonly string[]>;
  /** Kills it with SIGKILL. */
  kill(): Promise<void>;
  /** Stops it without killing it: it takes connections and never answers. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Starts it, empty, where it was; resolves when it has a leader. */
  start(): Promise<void>;
}

/** Whether the program is on the PATH. */
export const hasConsul = spawnSync('consul', ['version'], { stdio: 'ignore' }).error === undefined;

if (!hasConsul) {
  console.warn('\nSKIPPED: no "consul" on the PATH, so nothing is tested with a real agent (.ci/run installs it)\n');
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts an agent; whoever starts it kills it. */
export async function startConsulAgent(): Promise<ConsulAgent> {
  const ports = await freePorts(3);
  const [http, serf, server] = ports.map(String);
  const url = `http://127.0.0.1:${http}`;
  let child: ChildProcess;

  const listOf = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${url}/v1/${path}`, { signal: AbortSignal.timeout(2_000) });
    if (!answer.ok) throw new Error(`the agent answered ${answer.status}`);
    return (await answer.json()) as T;
  };
  const start = async (): Promise<void> => {
    child = spawn(
      'consul',
      [
        ...['agent', '-dev', '-node', 'test', '-bind', '127.0.0.1', '-client', '127.0.0.1', '-log-level', 'err'],
        ...['-http-port', http!, '-serf-lan-port', serf!, '-server-port', server!],
        ...['-serf-wan-port', '-1', '-dns-port', '-1', '-grpc-port', '-1'],
      ],
      { stdio: 'ignore' },
    );
    running.add(child);
    child.once('exit', () => running.delete(child));
    await waitFor('a Consul leader', async () => {
      if (child.exitCode !== null) throw new Error(`consul ended with ${child.exitCode}`);
      return listOf<string>('status/leader').catch(() => '');
    });
  };
  await start();
  return {
    registry: url.replace('http:', 'consul:'),
    url,
    passing: async () => {
      const entries = await listOf<{ Service: { ID: string } }[]>('health/service/people-shard?passing');
      return entries.map(({ Service }) => Service.ID).sort();
    },
    registered: async () => Object.keys(await listOf<object>('agent/services')).sort(),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    signal: (signal) => {
      child.kill(signal);
    },
    start,
  };
}

/** Ports nobody uses, below those the system gives to outgoing connections: the agent must find its own again. */
async function freePorts(count: number): Promise<readonly number[]> {
  const free: number[] = [];
  while (free.length < count) {
    const port = randomInt(10_000, 30_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ]).catch(() => false);
    if (isFree) {
      server.close();
      await once(server, 'close');
      if (!free.includes(port)) free.push(port);
    }
  }
  return free;
}
