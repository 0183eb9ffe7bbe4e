// The registry that a router hosts, on an ops port of its own; it ends with its test.

import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Announcement } from '../../registry/announcement.ts';
import { createEmbeddedRegistry, type EmbeddedRegistry, REGISTRY_PATH } from '../../registry/embedded-registry.ts';
import { refusalOf } from '../../router/table/table-keeper.ts';
import { createLog } from '../../runtime/log.ts';
import { openOpsServer } from '../../runtime/ops-server.ts';

export const silent = createLog('test', 'silent');

export interface OpenRegistry {
  readonly url: string;
  readonly registry: EmbeddedRegistry;
  readonly close: () => Promise<void>;
}

export async function openRegistry({ port = 0, token = null as string | null } = {}): Promise<OpenRegistry> {
  const registry = createEmbeddedRegistry(silent, refusalOf);
  const operations = {
    isReady: () => true,
    status: () => ({}),
    metrics: async () => '',
    scale: () => {},
    reload: () => {},
    drain: () => {},
  };
  const { url, close } = await openOpsServer({
    ...{ host: '127.0.0.1', port, token, log: silent, operations },
    addRoutes: (app) => registry.addRoutes(app),
  });
  const closeBoth = async (): Promise<void> => {
    await registry.close();
    await close();
  };
  onTestFinished(closeBoth);
  return { url, registry, close: closeBoth };
}

/** A port where nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Announces by hand. */
export function put(url: string, body: object, id = 'a-d-1'): Promise<Response> {
  return fetch(`${url}${REGISTRY_PATH}/${id}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** What it says to who asks. */
export async function listed(url: string): Promise<{ index: number; instances: Announcement[] }> {
  return (await (await fetch(url + REGISTRY_PATH)).json()) as { index: number; instances: Announcement[] };
}
