// One instance: a primary that announces it, with workers that serve its range.

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Range } from '../people/range.ts';
import type { Announcement } from '../registry/announcement.ts';
import { openAnnouncer } from '../registry/open-registry.ts';
import { EventLog } from '../runtime/event-log.ts';
import { reachableUrl } from '../runtime/listen.ts';
import { createLog, type LogLevel } from '../runtime/log.ts';
import { UserError } from '../runtime/user-error.ts';
import { type PrimaryUrls, startPrimary } from '../runtime/workers/primary.ts';
import type { WorkerPool } from '../runtime/workers/worker-pool.ts';
import { Autoscaler, type ScalablePool } from './autoscaler.ts';
import { SHARD_METRICS } from './metrics.ts';
import { readShardPlan } from './plan.ts';
import { LEAVING, type ShardFacts, type ShardPayload } from './worker-protocol.ts';

export interface ShardOptions {
  readonly range: Range;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** URL under which routers reach this instance, when it is not the one it listens on. */
  readonly advertise: string | null;
  /** Name of the instance for its whole life; null makes one up. */
  readonly id: string | null;
  readonly workers: number;
  /** Bounds of autoscaling. */
  readonly minWorkers: number;
  readonly maxWorkers: number;
  readonly autoscale: boolean;
  readonly registry: string;
  readonly dataFolder: string;
  readonly opsHost: string;
  readonly opsPort: number;
  readonly opsToken: string | null;
  /** CPU burned per page request, in ms: for labs and benches. */
  readonly workMs: number;
  readonly graceMs: number;
  readonly logLevel: LogLevel;
  /** Whether workers log each request. */
  readonly accessLog: boolean;
}

/** After leaving the registry an instance still serves for this long: routers learn of it in the meantime. */
const LEAVE_MS = 500;
const LOCAL = '127.0.0.1';

const LETTER_SERIES = /^people_letter_requests_total\{letter="(.)"\}$/;

/** Serves a range; resolves when it is ready. Throws UserError when it cannot start. */
export async function runShard(options: ShardOptions): Promise<void> {
  const { range, dataFolder, workMs, logLevel, accessLog, minWorkers, maxWorkers } = options;
  if (minWorkers > maxWorkers) {
    throw UserError.usage(`--min-workers ${minWorkers} is more than --max-workers ${maxWorkers}`);
  }
  const log = createLog(`shard ${range}`, logLevel);
  const id = options.id ?? `${range.toLowerCase()}-${randomBytes(3).toString('hex')}`;
  await readShardPlan(dataFolder, range); // no data: say so before anything is opened
  const announcer = openAnnouncer({ registry: options.registry, token: options.opsToken, log });
  /** By dataset: while a roll is under way, and after one that stopped, workers know different ones. */
  const facts = new Map<string, ShardFacts>();
  let isLeaving = false;
  /** Where others find this instance. */
  const reachable = (own: PrimaryUrls): PrimaryUrls => {
    const url = options.advertise ?? reachableUrl(own.url, LOCAL);
    return { url, opsUrl: reachableUrl(own.opsUrl, new URL(url).hostname) };
  };
  const events = new EventLog();
  let autoscaler: Autoscaler | null = null;

  const primary = await startPrimary<ShardPayload>(
    {
      ...options,
      log,
      metrics: SHARD_METRICS,
      labels: `range="${range}"`,
      workerModule: fileURLToPath(new URL('./worker.js', import.meta.url)),
    },
    (self) => ({
      payload: async (urls) => ({
        ...(await readShardPlan(dataFolder, range)),
        id,
        range,
        opsUrl: reachable(urls).opsUrl,
        dataFolder,
        workMs,
        logLevel,
        accessLog,
      }),
      isReady: () => !isLeaving && self().pool.ready.length > 0,
      status: () => {
        const { pool, operation } = self();
        const { dataset, epoch } = pool.payload;
        const { people = null, bytes = null, letters = null } = facts.get(dataset) ?? {};
        return {
          ...{ id, range, dataset, epoch, ...reachable(self()), pid: process.pid },
          state: isLeaving ? 'draining' : 'available',
          ...{ people, bytes, letters, workers: pool.status(), operation: operation() },
          ...{ autoscale: autoscaler?.status ?? null, events: events.events },
        };
      },
      series: () => {
        const { pool } = self();
        const { people = 0, bytes = 0 } = facts.get(pool.payload.dataset) ?? {};
        return [
          [`people_shard_people{range="${range}"}`, people],
          [`people_shard_bytes{range="${range}"}`, bytes],
          [`people_workers{range="${range}"}`, pool.ready.length],
        ];
      },
      onEvent: ({ kind, detail }) => events.add({ kind, detail, range, instance: id }),
      onCustom: (worker, body) => {
        facts.set(worker.payload.dataset, body as ShardFacts);
      },
      onReloaded: (payload) => {
        for (const dataset of facts.keys()) if (dataset !== payload.dataset) facts.delete(dataset);
        log.info(`serving dataset ${payload.dataset} now`);
        announcer.announce(announcement());
      },
      onLeave: async () => {
        isLeaving = true;
        autoscaler?.close();
        self().pool.broadcast(LEAVING);
        if (await announcer.withdraw()) await sleep(LEAVE_MS);
      },
    }),
  );
  const announcement = (): Announcement => {
    const { dataset, epoch } = primary.pool.payload;
    return { id, range, dataset, epoch, ...reachable(primary) };
  };
  announcer.announce(announcement());
  if (options.autoscale) {
    autoscaler = new Autoscaler({
      pool: scalable(primary.pool),
      bounds: { min: minWorkers, max: maxWorkers },
      log,
      onDecision: (detail) => events.add({ kind: 'autoscale', detail, range, instance: id }),
    });
  }
  log.debug(`${id} serves dataset ${primary.pool.payload.dataset} at ${primary.url}`);
  const { url, opsUrl } = reachable(primary);
  process.stdout.write(`ready ${url} ops ${opsUrl}\n`);
}

/** The pool as the autoscaler sees it. */
function scalable(pool: WorkerPool<ShardPayload>): ScalablePool {
  return {
    get size() {
      return pool.size;
    },
    loads: () => pool.ready.flatMap(({ beat }) => (beat ? [{ elu: beat.vitals.elu, inFlight: beat.inFlight }] : [])),
    scale: (workers) => pool.scale(workers),
    letters: () =>
      new Map(
        [...pool.counters].flatMap(([series, count]) => {
          const letter = LETTER_SERIES.exec(series)?.[1];
          return letter === undefined ? [] : [[letter, count] as const];
        }),
      ),
  };
}
