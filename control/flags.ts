// Every flag there is, once, and which command takes which; `start` hands on what its children take. To add a flag,
// add it to FLAGS and to the sets of its commands.

import { DEFAULT_LAYOUT, parseLayout } from '../people/range.ts';
import { LOG_LEVELS, type LogLevel } from '../runtime/log.ts';
import { type FlagSet, flag, optionalFlag, requiredFlag, switchFlag, withDefault } from './flag.ts';
import * as kind from './flag-kinds.ts';

const HOST = /^[A-Za-z0-9.:-]+$/;
const INSTANCE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const HTTP_ORIGIN = /^http:\/\/[A-Za-z0-9.:[\]-]+$/;
const REGISTRY = /^static:./;
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
  registry: requiredFlag(
    'registry',
    kind.textLike(
      'where',
      REGISTRY,
      "static: and the instances of each range, like 'static:A-M=http://h:4001;N-Z=http://h:4002'",
    ),
    'where the instances are known',
  ),
  attemptTimeoutMs: flag(
    'attempt-timeout',
    kind.duration(1),
    2_000,
    'one try at one instance must begin to answer within',
  ),
  deadlineMs: flag('deadline', kind.duration(1), 10_000, 'a request must begin to be answered within, tries included'),

  graceMs: flag('grace', kind.duration(0), 10_000, 'time to finish what is begun when leaving'),
  logLevel: flag<LogLevel>('log-level', kind.oneOf('level', LOG_LEVELS), 'info', `one of ${LOG_LEVELS.join(', ')}`),
} satisfies FlagSet;

const { graceMs, logLevel, dataFolder, host, workMs } = FLAGS;

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
  dataFolder,
  workMs,
  graceMs,
  logLevel,
} satisfies FlagSet;

const PUBLIC_FLAGS = {
  port: FLAGS.port,
  host,
  attemptTimeoutMs: FLAGS.attemptTimeoutMs,
  deadlineMs: FLAGS.deadlineMs,
  graceMs,
  logLevel,
} satisfies FlagSet;

export const ROUTER_FLAGS = { registry: FLAGS.registry, ...PUBLIC_FLAGS } satisfies FlagSet;

export const START_FLAGS = { ...PUBLIC_FLAGS, dataFolder, workMs } satisfies FlagSet;
