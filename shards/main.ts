// One instance: loads its range, serves it, says so, and leaves in order.

import { randomBytes } from 'node:crypto';
import type { Range } from '../people/range.ts';
import { createDoor } from '../runtime/door.ts';
import { listen } from '../runtime/listen.ts';
import { createLog, type LogLevel } from '../runtime/log.ts';
import { installShutdown } from '../runtime/shutdown.ts';
import { loadShard } from './load-shard.ts';
import { createShardApp } from './shard-app.ts';

export interface ShardOptions {
  readonly range: Range;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** URL under which routers reach this instance, when it is not the one it listens on. */
  readonly advertise: string | null;
  /** Name of the instance for its whole life; null makes one up. */
  readonly id: string | null;
  readonly dataFolder: string;
  /** CPU burned per page request, in ms: for labs and benches. */
  readonly workMs: number;
  readonly graceMs: number;
  readonly logLevel: LogLevel;
}

/** Serves a shard; resolves when it is ready. Throws UserError when it cannot start. */
export async function runShard(options: ShardOptions): Promise<void> {
  const log = createLog(`shard ${options.range}`, options.logLevel);
  const id = options.id ?? `${options.range.toLowerCase()}-${randomBytes(3).toString('hex')}`;
  const { shard, epoch } = await loadShard(options.dataFolder, options.range);
  let isDraining = false;
  const app = createShardApp({
    shard,
    identity: { id, range: options.range, dataset: shard.dataset, epoch, opsUrl: null },
    workMs: options.workMs,
    isDraining: () => isDraining,
    onError: (error) => log.error({ err: error }, 'a request failed'),
  });
  const door = createDoor(app);
  const url = await listen(door.server, options.host, options.port);
  installShutdown({
    graceMs: options.graceMs,
    log,
    drain: () => {
      isDraining = true;
      return door.drain();
    },
  });
  log.info(`${id} serves ${shard.count} people of dataset ${shard.dataset} at ${url}`);
  process.stdout.write(`ready ${options.advertise ?? url}\n`);
}
