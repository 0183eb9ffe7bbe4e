// The way of the book, with the registry it asks at each request: Consul where it is installed, else a stand-in. The
// registry runs on the upstream's core; its CPU time is not counted.

import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../runtime/user-error.ts';
import type { Field, OpenSystem } from '../field.ts';
import { type FoundProgram, findProgram } from '../find-program.ts';
import { freePort } from '../workbench.ts';
import { servePeer } from './node-systems.ts';

const ELECTION_MS = 15_000;
const RETRY_MS = 100;

export const openBook: OpenSystem = async (field) => {
  const consul = findProgram('consul', '--version');
  const registryUrl = consul ? await openConsul(field, consul) : await openStandIn(field);
  const server = await servePeer(field, 'book-router', [registryUrl, field.range]);
  return {
    kind: 'open',
    server,
    version: consul ? `Consul ${consul.version}` : 'a stand-in for Consul (not installed)',
  };
};

async function openStandIn(field: Field): Promise<string> {
  const { upstream, range, cores } = field;
  return (await servePeer(field, 'registry', [upstream.url, range], cores.upstream)).url;
}

async function openConsul({ workbench, cores, upstream, range }: Field, { path }: FoundProgram): Promise<string> {
  const [http, serf, rpc] = [await freePort(), await freePort(), await freePort()];
  const ports = `ports { http = ${http}, grpc = -1, dns = -1, serf_wan = -1, serf_lan = ${serf}, server = ${rpc} }`;
  const args = ['agent', '-dev', '-bind', '127.0.0.1', '-disable-host-node-id', '-log-level', 'err', '-hcl', ports];
  const { url } = await workbench.serve({ name: 'consul', command: path, args, core: cores.upstream }, http);
  const { hostname, port } = new URL(upstream.url);
  const service = { ID: 'people-1', Name: 'people', Tags: [range], Address: hostname, Port: Number(port) };
  const end = performance.now() + ELECTION_MS;
  for (;;) {
    const response = await fetch(`${url}/v1/agent/service/register`, { method: 'PUT', body: JSON.stringify(service) });
    if (response.ok) return url;
    if (performance.now() > end)
      throw new UserError('failed', `Consul takes no service: it answers ${response.status}`);
    await sleep(RETRY_MS);
  }
}
