// The router: a primary that watches the registry and keeps the routing table, with workers behind the one public
// port. Workers build the same table from the same members; nobody asks the registry on a request.

import { fileURLToPath } from 'node:url';
import type { Layout } from '../people/range.ts';
import { createEmbeddedRegistry } from '../registry/embedded-registry.ts';
import { openWatcher } from '../registry/open-registry.ts';
import { EventLog } from '../runtime/event-log.ts';
import { createLog, type LogLevel } from '../runtime/log.ts';
import { type Primary, startPrimary } from '../runtime/workers/primary.ts';
import { addConsoleRoutes, isConsoleFile } from './ops/console-routes.ts';
import { addDemoRoutes } from './ops/demo-routes.ts';
import { Fleet } from './ops/fleet.ts';
import { Live } from './ops/live.ts';
import { ROUTER_METRICS } from './ops/metrics.ts';
import { addPoolRoutes } from './ops/pool-routes.ts';
import { routerStatus } from './ops/router-status.ts';
import { Ejections } from './table/ejections.ts';
import { Members } from './table/members.ts';
import { refusalOf, TableKeeper } from './table/table-keeper.ts';
import type { RouterPayload, RouterReport, TableMessage } from './worker-protocol.ts';

export interface RouterOptions {
  readonly host: string;
  readonly port: number;
  readonly workers: number;
  /** `embedded` · `http://HOST:PORT` · `static:…`. */
  readonly registry: string;
  readonly layout: Layout | null;
  readonly opsHost: string;
  readonly opsPort: number;
  readonly opsToken: string | null;
  readonly cacheMb: number;
  readonly maxInFlight: number;
  readonly maxQueue: number;
  readonly attemptTimeoutMs: number;
  readonly deadlineMs: number;
  readonly graceMs: number;
  readonly logLevel: LogLevel;
  /** Whether workers log each request. */
  readonly accessLog: boolean;
  /** Whether the parent process lets visitors of the console play. */
  readonly demo: boolean;
}

/** Serves the public endpoint; resolves when it is ready. Throws UserError when it cannot start. */
export async function runRouter(options: RouterOptions): Promise<void> {
  const { opsToken, layout, logLevel, accessLog } = options;
  const { cacheMb, maxInFlight, maxQueue, attemptTimeoutMs, deadlineMs } = options;
  const log = createLog('router', logLevel);
  const isDemo = options.demo && process.send !== undefined;
  const embedded = options.registry === 'embedded' ? createEmbeddedRegistry(log, refusalOf) : null;
  const registry = embedded ?? openWatcher({ registry: options.registry, token: opsToken, log, layout });
  /** Nobody else could know better: the table never ages. */
  const isOwnWord = embedded !== null || options.registry.startsWith('static:');
  const keeper = new TableKeeper(log);
  const ejections = new Ejections();
  const tableMessage = (): TableMessage => ({ type: 'table', instances: keeper.instances });
  const events = new EventLog();
  const tell = (kind: string, detail: string, at?: { readonly range: string; readonly id: string }): void =>
    events.add({ kind, detail, range: at?.range ?? null, instance: at?.id ?? null });
  const fleet = new Fleet(() => keeper.instances, opsToken, events);

  const status = ({ pool, operation }: Primary<RouterPayload>): object =>
    routerStatus({
      table: keeper.table,
      lostRanges: keeper.lostRanges,
      isEjected: (url) => ejections.has(url),
      statusOf: (id) => fleet.statusOf(id),
      lastStatusOf: (id) => fleet.lastStatusOf(id),
      peopleOf: (range) => fleet.peopleOf(range),
      router: { pid: process.pid, workers: pool.status(), operation: operation() },
    });

  const live = new Live({ events, status: () => status(primary), counters: () => primary.pool.counters });

  const primary: Primary<RouterPayload> = await startPrimary<RouterPayload>(
    {
      ...options,
      log,
      metrics: ROUTER_METRICS,
      labels: '',
      workerModule: fileURLToPath(new URL('./worker.js', import.meta.url)),
    },
    (self) => ({
      payload: async () => ({ cacheMb, maxInFlight, maxQueue, attemptTimeoutMs, deadlineMs, logLevel, accessLog }),
      isReady: () => keeper.hasHadTable && self().pool.ready.length > 0,
      status: () => status(self()),
      series: () => [
        ['people_table_age_seconds', isOwnWord ? 0 : (keeper.ageS ?? 0)],
        ['people_table_epoch', Math.max(0, ...keeper.table.pools.map(({ epoch }) => epoch))],
        ['people_workers', self().pool.ready.length],
      ],
      addRoutes: (app) => {
        embedded?.addRoutes(app);
        addPoolRoutes(app, () => keeper.table, fleet);
        live.addRoutes(app);
        addConsoleRoutes(app, { needsToken: opsToken !== null, isDemo });
        if (isDemo) addDemoRoutes(app, () => keeper.table, events);
      },
      isOpenFile: isConsoleFile,
      onReady: (worker) => worker.process.send({ type: 'custom', body: tableMessage() }),
      onEvent: ({ kind, detail }) => tell(kind, detail),
      onCustom: (_worker, body) => {
        const report = body as RouterReport;
        switch (report.type) {
          case 'suspect':
            members.probeNow(report.url);
            return;
          case 'answered':
            for (const [url, agoMs] of report.ago) members.answered(url, agoMs);
            return;
          case 'ejected':
            ejections.add(report.url, report.forMs);
            tell('ejected', `for ${Math.round(report.forMs / 1000)} s after failures in a row`, report);
        }
      },
      close: async () => {
        live.close();
        members.close();
        fleet.close();
        await registry.close();
      },
    }),
  );

  const members = new Members({
    onHealth: ({ id, range }, before, now) => {
      const level = now === 'down' ? 'warn' : before === 'starting' ? 'debug' : 'info';
      log[level](`${id} (range ${range}): ${before} → ${now}`);
      tell('health', `${before} → ${now}`, { range, id });
    },
    onChange: (instances) => {
      const known = new Map(keeper.instances.map((instance) => [instance.url, instance]));
      if (!keeper.update(instances)) return;
      primary.pool.broadcast(tableMessage());
      for (const instance of instances) {
        if (known.delete(instance.url)) continue;
        log.debug(`${instance.id} joined range ${instance.range} at ${instance.url}`);
        tell('joined', instance.url, instance);
        void fleet.refresh(instance);
      }
      for (const instance of known.values()) {
        log.info(`${instance.id} left range ${instance.range}`);
        tell('left', instance.url, instance);
      }
    },
  });
  live.start();
  registry.watch(
    (instances) => members.update(instances),
    () => keeper.confirm(),
  );
  log.debug(`serving at ${primary.url}, ops at ${primary.opsUrl}`);
  process.stdout.write(`ready ${primary.url} ops ${primary.opsUrl}\n`);
}
