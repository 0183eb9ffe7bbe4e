// The router process: watches the registry, keeps the routing table, opens the one public door.

import type { Letter } from '../people/letter.ts';
import { createStaticRegistry } from '../registry/static-registry.ts';
import { createDoor } from '../runtime/door.ts';
import { listen } from '../runtime/listen.ts';
import { createLog, type LogLevel } from '../runtime/log.ts';
import { installShutdown } from '../runtime/shutdown.ts';
import { Pool } from './pool.ts';
import { createRouterApp } from './router-app.ts';
import { buildRoutingTable, type PoolEntry } from './routing-table.ts';

export interface RouterOptions {
  readonly host: string;
  readonly port: number;
  /** `static:…`. */
  readonly registry: string;
  readonly attemptTimeoutMs: number;
  readonly deadlineMs: number;
  readonly graceMs: number;
  readonly logLevel: LogLevel;
}

/** Serves the public endpoint; resolves when it is ready. Throws UserError when it cannot start. */
export async function runRouter(options: RouterOptions): Promise<void> {
  const log = createLog('router', options.logLevel);
  const registry = createStaticRegistry(options.registry);
  let pools: ReadonlyMap<PoolEntry, Pool> = new Map();
  let poolOf: (letter: Letter) => Pool | undefined = () => undefined;
  registry.watch((instances) => {
    const result = buildRoutingTable(instances);
    if (!result.ok) {
      log.warn(`the routing table stays as it was: ${result.reason}`);
      return;
    }
    const { table } = result;
    pools = new Map(table.pools.map((entry) => [entry, new Pool(entry.range, entry.instances)]));
    poolOf = (letter) => {
      const entry = table.poolOf(letter);
      return entry && pools.get(entry);
    };
  });

  const { app, close } = createRouterApp({
    poolOf: (letter) => poolOf(letter),
    limits: options,
    onError: (error) => log.error({ err: error }, 'a request failed'),
  });
  const door = createDoor(app);
  const url = await listen(door.server, options.host, options.port);
  installShutdown({
    graceMs: options.graceMs,
    log,
    drain: async () => {
      await door.drain();
      close();
      await registry.close();
    },
  });
  log.info(`serving ${pools.size} pools at ${url}`);
  process.stdout.write(`ready ${url}\n`);
}
