// A Consul agent for a lab, where the program is installed: `consul agent -dev`, server and client in one, nothing on
// disk, on loopback ports of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '../../runtime/listen.ts';
import { UserError } from '../../runtime/user-error.ts';
import type { Bench } from './bench.ts';

const LEADER_MS = 15_000;
const ASK_EVERY_MS = 100;

/** Starts an agent that ends with the bench; resolves with its registry URL, or null where there is no program. */
export async function startConsul(bench: Bench): Promise<string | null> {
  const [http, serf, server] = await freePorts(3);
  const agent = spawn(
    'consul',
    [
      ...['agent', '-dev', '-node', 'lab', '-bind', '127.0.0.1', '-client', '127.0.0.1', '-log-level', 'err'],
      ...['-http-port', `${http}`, '-serf-lan-port', `${serf}`, '-server-port', `${server}`],
      ...['-serf-wan-port', '-1', '-dns-port', '-1', '-grpc-port', '-1'],
    ],
    { stdio: 'ignore' },
  );
  const isThere = await Promise.race([once(agent, 'spawn').then(() => true), once(agent, 'error').then(() => false)]);
  if (!isThere) return null;
  bench.endLater(() => agent.kill('SIGKILL'));
  for (const end = performance.now() + LEADER_MS; performance.now() < end; await sleep(ASK_EVERY_MS)) {
    if (await hasLeader(`http://127.0.0.1:${http}`)) return `consul://127.0.0.1:${http}`;
  }
  throw new UserError('failed', 'the Consul agent found no leader');
}

async function hasLeader(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/v1/status/leader`, { signal: AbortSignal.timeout(1_000) });
    return answer.ok && (await answer.text()).length > '""'.length;
  } catch {
    return false; // it does not listen yet
  }
}

/** Ports that were free a moment ago: all are held until each is known, so that they differ. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const urls = await Promise.all(servers.map((server) => listen(server, '127.0.0.1', 0)));
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return urls.map((url) => Number(new URL(url).port));
}
