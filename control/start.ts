// Everything on this machine: the router, then one instance per range, each a kept process; one orderly way out.
// Invariant: however this process ends, its children end with it: drained, or killed on its way out, or (if it is
// killed itself) by missing it.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import { type Catalog, readCatalog, requireCatalog } from '../people/catalog.ts';
import type { Range } from '../people/range.ts';
import { isDemoWish } from '../router/ops/demo-protocol.ts';
import { listen, type PortKind, reachableUrl } from '../runtime/listen.ts';
import { createLog, type Logger } from '../runtime/log.ts';
import { installShutdown } from '../runtime/shutdown.ts';
import { UserError } from '../runtime/user-error.ts';
import { type ChildEvents, type Orders, type Ready, startChild } from './child.ts';
import { Demo } from './demo.ts';
import { demoLoadRate } from './demo-options.ts';
import { defaultsOf, type FlagSet, type FlagValues, toArguments, toVariables } from './flag.ts';
import { ROUTER_FLAGS, SEED_FLAGS, SHARD_FLAGS, type START_FLAGS } from './flags.ts';
import { Keeper } from './keeper.ts';
import { OpsClient } from './ops-client.ts';
import { countPeople } from './people-per-range.ts';
import { createProgress } from './progress.ts';
import { renderScreen } from './screen.ts';

export type StartOptions = FlagValues<typeof START_FLAGS>;

/** Instances that have not joined the router after this long will not. */
const JOIN_MS = 10_000;

/** Starts it all; resolves when every range is served. Throws UserError when a part cannot start: then none is left. */
export async function runStart(options: StartOptions): Promise<void> {
  const log = createLog('start', options.logLevel);
  await requireFreePort(options.host, options.port, 'public');
  await requireFreePort(options.opsHost, options.opsPort, 'ops');
  const catalog = (await readCatalog(options.dataFolder)) ?? (await seedDefault(options.dataFolder));
  for (const range of options.workers.byRange.keys()) {
    if (!catalog.layout.includes(range)) {
      throw UserError.usage(
        `--workers names ${range}, but the layout in "${options.dataFolder}" is ${catalog.layout.join(',')}`,
      );
    }
  }
  const router: Keeper = keepRouter(options, log, (message, answer) => {
    if (isDemoWish(message)) void demo?.grant(message, answer);
  });
  const opsUrl = (): string => reachableUrl(router.opsUrl, '127.0.0.1');
  const instances = new Map(catalog.layout.map((range) => [range, keepInstance(range, opsUrl, options, log)]));
  const everybody = [router, ...instances.values()];
  const ops = (): OpsClient => new OpsClient(opsUrl(), options.opsToken);
  const demo = options.demo
    ? new Demo({
        url: () => reachableUrl(router.url, '127.0.0.1'),
        status: () => ops().status(),
        isOurs: (pid) => [...instances.values()].some((instance) => instance.pid === pid),
        loadRate: demoLoadRate(availableParallelism()),
      })
    : null;
  process.once('exit', () => {
    for (const keeper of everybody) keeper.kill();
  });
  installShutdown({
    graceMs: options.graceMs,
    log,
    drain: () => {
      demo?.close();
      return drainAll(router, [...instances.values()]);
    },
  });
  process.on('SIGUSR2', () => {
    log.info('reloading everything (SIGUSR2)');
    for (const keeper of everybody) keeper.reload();
  });

  try {
    await router.start();
    await Promise.all([...instances.values()].map((instance) => instance.start()));
    await untilServed(ops(), instances.size);
    demo?.start();
  } catch (error) {
    await Promise.all(everybody.map((keeper) => keeper.kill()));
    throw error;
  }
  process.stdout.write(
    process.stdout.isTTY
      ? await screen(catalog, router, instances, options)
      : `ready ${router.url} ops ${router.opsUrl}\n`,
  );
}

/** Says that a port is taken before anything is seeded or started. */
async function requireFreePort(host: string, port: number, kind: PortKind): Promise<void> {
  const probe = createServer();
  await listen(probe, host, port, kind);
  probe.close();
  await once(probe, 'close');
}

async function seedDefault(dataFolder: string): Promise<Catalog> {
  const { seedDataset } = await import('../seed/main.ts');
  const progress = await createProgress(process.stderr);
  await seedDataset({ ...defaultsOf(SEED_FLAGS), dataFolder }, progress).finally(() => progress.close());
  return requireCatalog(dataFolder);
}

async function untilServed(router: OpsClient, instances: number): Promise<void> {
  await router.until(JOIN_MS, 'the router to find every instance available', ({ pools }) => {
    const serving = pools.flatMap((pool) => pool.instances).filter(({ state }) => state === 'available');
    return serving.length >= instances;
  });
}

function keepInstance(range: Range, registry: () => string, options: StartOptions, log: Logger): Keeper {
  const { dataFolder, workers, autoscale, minWorkers, maxWorkers } = options;
  const { opsHost, opsToken, workMs, graceMs, logLevel, accessLog } = options;
  const id = `${range.toLowerCase()}-${randomBytes(3).toString('hex')}`; // the same one after a restart
  return new Keeper({
    name: `shard ${range}`,
    log,
    start: (before, events) => {
      const values = {
        ...{ host: '127.0.0.1', port: portOf(before?.url) ?? 0, advertise: null, id },
        ...{ workers: workers.byRange.get(range) ?? workers.usual, autoscale, minWorkers, maxWorkers },
        ...{ registry: registry(), dataFolder },
        ...{ opsHost, opsPort: portOf(before?.opsUrl) ?? 0, opsToken, workMs, graceMs, logLevel, accessLog },
      };
      return startChild(ordersOf(SHARD_FLAGS, values, 'shard', range), events);
    },
  });
}

function keepRouter(options: StartOptions, log: Logger, onMessage: NonNullable<ChildEvents['onMessage']>): Keeper {
  return new Keeper({
    name: 'router',
    log,
    start: (before: Ready | null, events) => {
      const values = {
        ...options,
        workers: options.routerWorkers,
        registry: 'embedded',
        layout: null,
        port: portOf(before?.url) ?? options.port,
        opsPort: portOf(before?.opsUrl) ?? options.opsPort,
      };
      return startChild(ordersOf(ROUTER_FLAGS, values, 'router'), { ...events, onMessage });
    },
  });
}

function ordersOf<S extends FlagSet>(flags: S, values: FlagValues<S>, ...words: readonly string[]): Orders {
  return { args: [...words, ...toArguments(flags, values)], variables: toVariables(flags, values) };
}

/** The router first, so that what it passed on is still answered; then the instances. */
async function drainAll(router: Keeper, instances: readonly Keeper[]): Promise<void> {
  const isOrderly = [await router.drain(), ...(await Promise.all(instances.map((instance) => instance.drain())))];
  if (isOrderly.includes(false)) throw new Error('a process left work unfinished');
}

function portOf(url: string | undefined): number | null {
  return url === undefined ? null : Number(new URL(url).port || 80);
}

async function screen(
  catalog: Catalog,
  router: Keeper,
  instances: ReadonlyMap<Range, Keeper>,
  { dataFolder, demo }: StartOptions,
): Promise<string> {
  const shards = [...instances].map(async ([range, { url, pid }]) => ({
    range,
    url,
    pid,
    people: await countPeople(dataFolder, catalog.current, range),
  }));
  return renderScreen({
    dataset: catalog.current,
    url: router.url,
    opsUrl: router.opsUrl,
    routerPid: router.pid,
    shards: await Promise.all(shards),
    isDemo: demo,
    isColor: process.stdout.hasColors(),
  });
}
