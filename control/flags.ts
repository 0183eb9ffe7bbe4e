// Every flag there is, once, and which command takes which; `start` hands on what its children take. To add a flag,
// add it to FLAGS and to the sets of its commands.

import { availableParallelism } from 'node:os';
import { DEFAULT_LAYOUT, parseLayout } from '../people/range.ts';
import { LOG_LEVELS, type LogLevel } from '../runtime/log.ts';
import { type FlagSet, flag, hidden, optionalFlag, secret, switchFlag, withDefault } from './flag.ts';
import * as kind from './flag-kinds.ts';

const HOST = /^[A-Za-z0-9.:-]+$/;
const INSTANCE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const HTTP_ORIGIN = /^http:\/\/[A-Za-z0-9.:[\]-]+$/;
const REGISTRY = /^(?:embedded$|static:.|(?:http|consul|dns):\/\/.)/;
const MAX_WORKERS = 64;
const OPS_PORT = 8081;
const PUBLIC_URL = 'http://127.0.0.1:8080';
const MAX_RATE = 20_000;
const MAX_PEOPLE = 10_000_000;
const MAX_SEED = 2 ** 32 - 1;

const FLAGS = {
  people: flag('people', kind.wholeNumber('count', 1, MAX_PEOPLE), 1000, 'how many people to make up'),
  seed: flag('seed', kind.wholeNumber('number', 0, MAX_SEED), 42, 'equal seeds make equal people'),
  layout: flag('shards', kind.layout, parseLayout(DEFAULT_LAYOUT), 'ranges of letters, one shard each'),
  locales: flag<readonly string[]>('locale', kind.wordList('names'), ['en'], 'where names come from, like en or de,fr'),
  skipInvalid: switchFlag('skip-invalid', 'leave out and count records that are nobody, instead of refusing them'),
  dataFolder: flag('data', kind.text('folder'), 'data', 'where datasets are kept'),

  host: flag('host', kind.textLike('host', HOST, 'a host name or an IP address'), '127.0.0.1', 'address to listen on'),
  port: flag('port', kind.wholeNumber('port', 0, 65_535), 8080, 'port to listen on; 0 takes a free one'),
  advertise: optionalFlag(
    'advertise',
    kind.textLike('url', HTTP_ORIGIN, 'a URL like http://10.0.0.5:4001'),
    'where routers reach this instance, when it is not where it listens',
  ),
  id: optionalFlag(
    'id',
    kind.textLike('name', INSTANCE_ID, 'up to 64 letters, digits, ".", "_" or "-"'),
    'name of the instance for its whole life; made up when left out',
  ),
  workMs: flag('work-ms', kind.wholeNumber('ms', 0, 60_000), 0, 'CPU to burn per page request: for labs and benches'),
  workers: flag('workers', kind.wholeNumber('n', 1, MAX_WORKERS), 2, 'processes that share the work of an instance'),
  workerPlan: flag<kind.WorkerPlan>(
    'workers',
    kind.workerPlan(2, MAX_WORKERS),
    { usual: 2, byRange: new Map() },
    'workers per instance, or per range, like A-D=1,E-P=4',
  ),
  autoscale: switchFlag('autoscale', 'let each instance choose its number of workers by its load'),
  minWorkers: flag('min-workers', kind.wholeNumber('n', 1, MAX_WORKERS), 1, 'fewest workers autoscaling may choose'),
  maxWorkers: flag(
    'max-workers',
    kind.wholeNumber('n', 1, MAX_WORKERS),
    Math.min(MAX_WORKERS, availableParallelism()),
    'most workers autoscaling may choose; the number of cores unless said otherwise',
  ),
  routerWorkers: flag('router-workers', kind.wholeNumber('n', 1, MAX_WORKERS), 1, 'processes that share the routing'),
  registry: flag(
    'registry',
    kind.textLike(
      'where',
      REGISTRY,
      "embedded, http://HOST:PORT (a router's ops port), consul://HOST:8500, dns://people-{range}.example:3000, or static: and instances, like 'static:A-M=http://h:4001;N-Z=http://h:4002'",
    ),
    'embedded',
    'where instances are announced and found',
  ),
  opsHost: flag(
    'ops-host',
    kind.textLike('host', HOST, 'a host name or an IP address'),
    '127.0.0.1',
    'address of the ops port',
  ),
  opsPort: flag('ops-port', kind.wholeNumber('port', 0, 65_535), OPS_PORT, 'port for status, metrics and orders'),
  opsToken: secret(
    optionalFlag('ops-token', kind.text('secret'), 'secret that opens ops ports; needed beyond loopback'),
  ),
  opsUrl: flag(
    'ops-url',
    kind.textLike('url', HTTP_ORIGIN, 'a URL like http://127.0.0.1:8081'),
    `http://127.0.0.1:${OPS_PORT}`,
    'ops port of the router to talk to',
  ),
  attemptTimeoutMs: flag(
    'attempt-timeout',
    kind.duration(1),
    2_000,
    'one try at one instance must begin to answer within',
  ),
  deadlineMs: flag('deadline', kind.duration(1), 10_000, 'a request must begin to be answered within, tries included'),

  cacheMb: flag('cache-mb', kind.wholeNumber('mb', 0, 65_536), 64, 'pages kept by each router worker; 0 keeps none'),
  maxInFlight: flag(
    'max-in-flight',
    kind.wholeNumber('n', 1, 65_536),
    256,
    'requests at the shards of one range at once',
  ),
  maxQueue: flag(
    'max-queue',
    kind.wholeNumber('n', 0, 65_536),
    256,
    'requests of one range that may wait for their turn',
  ),
  routerLayout: optionalFlag('shards', kind.layout, 'the ranges, where the registry cannot know them (dns://)'),

  url: flag('url', kind.textLike('url', HTTP_ORIGIN, 'a URL like http://127.0.0.1:8080'), PUBLIC_URL, 'what to load'),
  hot: optionalFlag('hot', kind.range, 'most requests (80 %) go to this range'),
  letter: optionalFlag(
    'letter',
    kind.textLike('letter', /^[A-Za-z]$/, 'one letter, A to Z'),
    'most requests (80 %) go to this letter',
  ),
  rate: optionalFlag(
    'rate',
    kind.wholeNumber('n', 1, MAX_RATE),
    'requests due per second, in all; without it each connection sends when it is answered',
  ),
  connections: flag('connections', kind.wholeNumber('n', 1, 1_000), 10, 'connections, each with one request at a time'),
  loadMs: flag('duration', kind.duration(1, 600_000), 10_000, 'how long, at most 10m'),
  noCache: switchFlag('no-cache', "have each request answered by a shard, past the router's cache"),

  demo: switchFlag(
    'demo',
    'the one-minute tour: a little traffic, buttons in the console that load, kill and hang, and 2 to 4 workers of 5 ms work a page that autoscale, unless you say otherwise',
  ),
  graceMs: flag('grace', kind.duration(0), 10_000, 'time to finish what is begun when leaving'),
  json: switchFlag('json', 'JSON instead of a table'),
  watch: switchFlag('watch', 'keep showing it, once a second'),
  accessLog: switchFlag('access-log', 'log each request on stderr as well, whatever the log level'),
  logLevel: flag<LogLevel>('log-level', kind.oneOf('level', LOG_LEVELS), 'info', `one of ${LOG_LEVELS.join(', ')}`),
} satisfies FlagSet;

const { graceMs, logLevel, accessLog, dataFolder, host, workMs, opsHost, opsToken } = FLAGS;
const AUTOSCALE_FLAGS = {
  autoscale: FLAGS.autoscale,
  minWorkers: FLAGS.minWorkers,
  maxWorkers: FLAGS.maxWorkers,
} satisfies FlagSet;
const OPS_FLAGS = { opsHost, opsPort: FLAGS.opsPort, opsToken } satisfies FlagSet;

export const SEED_FLAGS = {
  people: FLAGS.people,
  seed: FLAGS.seed,
  layout: FLAGS.layout,
  locales: FLAGS.locales,
  skipInvalid: FLAGS.skipInvalid,
  dataFolder,
  logLevel,
} satisfies FlagSet;

export const SHARD_FLAGS = {
  port: withDefault(FLAGS.port, 0),
  host,
  advertise: FLAGS.advertise,
  id: FLAGS.id,
  workers: FLAGS.workers,
  ...AUTOSCALE_FLAGS,
  registry: withDefault(FLAGS.registry, `http://127.0.0.1:${OPS_PORT}`),
  dataFolder,
  ...OPS_FLAGS,
  opsPort: withDefault(FLAGS.opsPort, 0),
  workMs,
  graceMs,
  logLevel,
  accessLog,
} satisfies FlagSet;

const PUBLIC_FLAGS = {
  port: FLAGS.port,
  host,
  ...OPS_FLAGS,
  cacheMb: FLAGS.cacheMb,
  maxInFlight: FLAGS.maxInFlight,
  maxQueue: FLAGS.maxQueue,
  attemptTimeoutMs: FLAGS.attemptTimeoutMs,
  deadlineMs: FLAGS.deadlineMs,
  graceMs,
  logLevel,
  accessLog,
} satisfies FlagSet;

export const ROUTER_FLAGS = {
  ...PUBLIC_FLAGS,
  workers: withDefault(FLAGS.workers, 1),
  registry: FLAGS.registry,
  layout: FLAGS.routerLayout,
  demo: hidden(FLAGS.demo),
} satisfies FlagSet;

export const START_FLAGS = {
  ...PUBLIC_FLAGS,
  workers: FLAGS.workerPlan,
  ...AUTOSCALE_FLAGS,
  routerWorkers: FLAGS.routerWorkers,
  dataFolder,
  workMs,
  demo: FLAGS.demo,
} satisfies FlagSet;

/** Of the commands that talk to a running router. */
export const REMOTE_FLAGS = { opsUrl: FLAGS.opsUrl, opsToken } satisfies FlagSet;

export const STATUS_FLAGS = { ...REMOTE_FLAGS, json: FLAGS.json, watch: FLAGS.watch } satisfies FlagSet;

export const LOAD_FLAGS = {
  url: FLAGS.url,
  hot: FLAGS.hot,
  letter: FLAGS.letter,
  rate: FLAGS.rate,
  connections: FLAGS.connections,
  durationMs: FLAGS.loadMs,
  noCache: FLAGS.noCache,
  json: FLAGS.json,
} satisfies FlagSet;
