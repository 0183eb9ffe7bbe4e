// HAProxy, one thread, passing through: no log, connections to the upstream kept and shared by all clients.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenSystem } from '../field.ts';
import { findProgram } from '../find-program.ts';
import { freePort } from '../workbench.ts';

export const openHaproxy: OpenSystem = async ({ workbench, cores, upstream }) => {
  const haproxy = findProgram('haproxy', '-v');
  if (!haproxy) return { kind: 'missing', why: 'haproxy is not installed (Debian: haproxy)' };
  const port = await freePort();
  const file = join(workbench.folder, 'haproxy.cfg');
  writeFileSync(file, configuration(port, upstream.url));
  const args = ['-db', '-f', file]; // -db: stay in the foreground, one process
  const server = await workbench.serve({ name: 'haproxy', command: haproxy.path, args, core: cores.contender }, port);
  return { kind: 'open', server, version: `HAProxy ${haproxy.version}` };
};

function configuration(port: number, upstreamUrl: string): string {
  return `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option http-keep-alive
  http-reuse always
frontend public
  bind 127.0.0.1:${port}
  default_backend shard
backend shard
  server shard ${new URL(upstreamUrl).host} pool-max-conn 256
`;
}
