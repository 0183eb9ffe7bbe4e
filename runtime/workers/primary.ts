// A primary, of a shard instance or of a router: port, ops port, worker pool, signals, in one order of coming and
// going. What differs between the houses comes in as options; what they share, and must not get wrong twice, is here.

import type { Express } from 'express';
import type { Logger } from '../log.ts';
import { type MetricDefinition, renderMetrics, type Series } from '../metrics.ts';
import { openOpsServer } from '../ops-server.ts';
import { installShutdown, RELOAD_MESSAGE } from '../shutdown.ts';
import { messageOf, UserError } from '../user-error.ts';
import { clusterForker } from './cluster-process.ts';
import { ConnectionDealer } from './connection-dealer.ts';
import { PROCESS_METRICS } from './process-metrics.ts';
import { ProcessWatch } from './process-watch.ts';
import type { WorkerHandle } from './worker-handle.ts';
import { WorkerPool, type WorkerPoolEvent } from './worker-pool.ts';

export interface PrimaryOptions {
  readonly workerModule: string;
  readonly workers: number;
  readonly host: string;
  readonly port: number;
  readonly opsHost: string;
  readonly opsPort: number;
  readonly opsToken: string | null;
  readonly graceMs: number;
  readonly log: Logger;
  readonly metrics: readonly MetricDefinition[];
  /** Labels of what its processes tell of themselves, as `range="A-D"`; may be empty. */
  readonly labels: string;
}

/** What a house adds to its primary. */
export interface PrimaryHouse<P> {
  /** What workers start with, once the URLs are known; called again for a reload, where it may refuse (UserError). */
  payload(urls: PrimaryUrls): Promise<P>;
  isReady(): boolean;
  status(): unknown;
  /** Series of the primary itself, beside its workers'. */
  series(): Series;
  addRoutes?(app: Express): void;
  /** Paths of files that the ops port shows without its token. */
  isOpenFile?(path: string): boolean;
  onEvent?(event: WorkerPoolEvent): void;
  onCustom?(worker: WorkerHandle<P>, body: unknown): void;
  /** A worker became ready; connections are dealt to it after this. */
  onReady?(worker: WorkerHandle<P>): void;
  /** Every worker runs this payload now. */
  onReloaded?(payload: P): void;
  /** Leaving begins, after the start: tell the world; resolves when work may stop coming. */
  onLeave?(): Promise<void>;
  /** All workers are gone, after the start. */
  close?(): Promise<void>;
}

export interface PrimaryUrls {
  readonly url: string;
  readonly opsUrl: string;
}

/** How the last order went, for status. */
export interface Operation {
  readonly kind: 'scale' | 'reload';
  readonly state: 'running' | 'done' | 'failed';
  readonly detail: string;
}

export interface Primary<P> extends PrimaryUrls {
  readonly pool: WorkerPool<P>;
  readonly operation: () => Operation | null;
  reload(): void;
}

/** Starts a primary; resolves when its workers are ready. Throws UserError, and leaves nothing behind. */
export async function startPrimary<P>(
  options: PrimaryOptions,
  createHouse: (primary: () => Primary<P>) => PrimaryHouse<P>,
): Promise<Primary<P>> {
  const { log, graceMs } = options;
  let primary: Primary<P> | null = null;
  let hasStarted = false;
  const house = createHouse(() => {
    if (!primary) throw new Error('the primary has not started yet');
    return primary;
  });
  let operation: Operation | null = null;
  let operationCount = 0;
  const track = (kind: Operation['kind'], detail: string, work: () => Promise<void>): void => {
    const number = ++operationCount;
    const set = (state: Operation['state'], text: string): void => {
      if (number === operationCount) operation = { kind, state, detail: text };
    };
    set('running', detail);
    work().then(
      () => set('done', detail),
      (error: unknown) => {
        log.warn(`${kind} failed: ${messageOf(error)}`);
        set('failed', messageOf(error));
      },
    );
  };

  const pool: { current: WorkerPool<P> | null } = { current: null };
  const startedPool = (): WorkerPool<P> => {
    if (!pool.current) throw new UserError('failed', 'it is still starting');
    return pool.current;
  };
  const dealer = new ConnectionDealer(() => pool.current?.ready ?? []);
  const url = await dealer.listen(options.host, options.port);
  const reload = (): void =>
    track('reload', 'rolling all workers', async () => {
      const payload = await house.payload(urls);
      await startedPool().reload(payload);
      house.onReloaded?.(payload);
    });
  const watch = new ProcessWatch(options.labels);
  const seriesOf = ({ pool }: Primary<P>): Series => [
    ...pool.counters,
    ...pool.gauges,
    ...house.series(),
    ...watch.series(pool),
  ];
  const ops = await openOpsServer({
    host: options.opsHost,
    port: options.opsPort,
    token: options.opsToken,
    log,
    ...(house.addRoutes && { addRoutes: house.addRoutes }),
    ...(house.isOpenFile && { isOpenFile: house.isOpenFile }),
    operations: {
      isReady: () => primary !== null && house.isReady(),
      status: () => (primary ? house.status() : { state: 'starting' }),
      metrics: () => renderMetrics([...options.metrics, ...PROCESS_METRICS], primary ? seriesOf(primary) : []),
      scale: (workers) => track('scale', `to ${workers} workers`, async () => startedPool().scale(workers)),
      reload,
      drain: () => shutdown.leave('POST /drain'),
    },
  }).catch((error: unknown) => {
    dealer.close();
    throw error;
  });
  const urls: PrimaryUrls = { url, opsUrl: ops.url };

  const shutdown = installShutdown({
    graceMs,
    log,
    drain: async () => {
      if (hasStarted) await house.onLeave?.();
      dealer.close();
      await pool.current?.drain();
      if (hasStarted) await house.close?.();
      await ops.close();
    },
  });
  process.once('exit', () => pool.current?.kill()); // one that hangs would not notice that we are gone
  process.on('SIGUSR2', reload);
  process.on('message', (message) => {
    if (message === RELOAD_MESSAGE) reload();
  });

  pool.current = new WorkerPool<P>({
    fork: clusterForker(options.workerModule, ['--disable-warning=DEP0060']),
    payload: await house.payload(urls),
    graceMs,
    log,
    onEvent: (event) => house.onEvent?.(event),
    onCustom: (worker, body) => house.onCustom?.(worker, body),
    onUndelivered: (sockets) => dealer.deal(sockets),
    onReady: (worker) => {
      house.onReady?.(worker);
      dealer.dealWaiting();
    },
  });
  primary = { ...urls, pool: pool.current, operation: () => operation, reload };
  try {
    await pool.current.start(options.workers);
  } catch (error) {
    if (shutdown.isLeaving()) await new Promise(() => {}); // told to leave meanwhile, which ends this process
    throw new UserError('failed', messageOf(error), { cause: error });
  }
  hasStarted = true;
  return primary;
}
