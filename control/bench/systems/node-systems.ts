// Systems in Node: this product's router and shard, and its peers of a few lines each.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Field, OpenSystem, System } from '../field.ts';
import { serveRouter, serveShard } from '../instances.ts';
import type { Server } from '../workbench.ts';

/** The router as `zpeople router` starts it, metrics and all, in front of the upstream. */
export const openRouter: OpenSystem = async ({ workbench, cores, range, upstream }) =>
  open(await serveRouter(workbench, range, upstream.url, cores.contender));

/** A shard of its own, on the contender's core. */
export const openShard: OpenSystem = async ({ workbench, dataFolder, range, cores }) =>
  open(await serveShard(workbench, dataFolder, range, cores.contender));

export const openRawNode: OpenSystem = async (field) => {
  const file = join(field.workbench.folder, 'page.json');
  const { headers, body } = field.page;
  writeFileSync(file, JSON.stringify({ headers, body: body.toString() }));
  return open(await servePeer(field, 'raw-node', [file]));
};

export const openBareProxy: OpenSystem = async (field, name) => {
  const agent = name === 'proxy-agent' ? ['keep-alive'] : [];
  return open(await servePeer(field, 'bare-proxy', [field.upstream.url, ...agent]));
};

/** Starts one of the programs in ../peers. */
export function servePeer(
  { workbench, cores }: Field,
  name: string,
  args: readonly string[],
  core = cores.contender,
): Promise<Server> {
  const module = fileURLToPath(new URL(`../peers/${name}.js`, import.meta.url));
  return workbench.serveNode(name, [module, ...args], core);
}

function open(server: Server): System {
  return { kind: 'open', server, version: null };
}
