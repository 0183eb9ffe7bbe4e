// Who is measured, and what each is asked: one list, which options, rounds, table and chart all follow. A system (a
// program with a port) may stand for several contenders that differ in what they are asked.

import { NDJSON_TYPE } from '../../people/page-request.ts';
import type { SamplePage } from './sample-page.ts';

export type SystemName =
  | 'router'
  | 'shard'
  | 'raw'
  | 'proxy'
  | 'proxy-agent'
  | 'nginx'
  | 'nginx-cache'
  | 'haproxy'
  | 'book';

/** What the answer must be: the sample page, 304, the page compressed, or all people of the letter. */
export type Expectation = 'page' | 'not-modified' | 'gzip' | 'ndjson';

interface ContenderSpec {
  readonly name: string;
  /** As the table and the chart call it. */
  readonly title: string;
  readonly system: SystemName;
  readonly isOurs: boolean;
  readonly expects: Expectation;
  /** Whether each request reaches a shard, or is answered from what the contender keeps. */
  readonly from: 'shard' | 'memory';
  /** Kept-alive connections that ask at the same time. */
  readonly connections: number;
  readonly headers: (page: SamplePage) => Readonly<Record<string, string>>;
}

/** Of all but streams. */
export const CONNECTIONS = 64;
/** As many streams of a pool as the router lets through at once (DESIGN §9). */
const STREAMS = 8;

const NO_HEADERS = (): Readonly<Record<string, string>> => ({});
const PEER = { isOurs: false, expects: 'page', connections: CONNECTIONS, headers: NO_HEADERS } as const;
const ROUTER = { isOurs: true, expects: 'page', connections: CONNECTIONS, system: 'router' } as const;

/** All contenders, in the order they are shown. */
export const CONTENDERS = [
  { ...ROUTER, name: 'hot', title: 'this router, hot page', from: 'memory', headers: NO_HEADERS },
  {
    ...ROUTER,
    name: '304',
    title: 'this router, 304',
    from: 'memory',
    expects: 'not-modified',
    headers: ({ etag }) => ({ 'If-None-Match': etag }),
  },
  {
    ...ROUTER,
    name: 'gzip',
    title: 'this router, gzip',
    from: 'memory',
    expects: 'gzip',
    headers: () => ({ 'Accept-Encoding': 'gzip' }),
  },
  {
    ...ROUTER,
    name: 'pass',
    title: 'this router, pass-through',
    from: 'shard',
    headers: () => ({ 'Cache-Control': 'no-cache' }),
  },
  {
    ...ROUTER,
    name: 'ndjson',
    title: 'this router, NDJSON',
    from: 'shard',
    expects: 'ndjson',
    connections: STREAMS,
    headers: () => ({ Accept: NDJSON_TYPE }),
  },
  {
    ...{ name: 'shard', title: 'this shard, kept page', system: 'shard', isOurs: true, from: 'shard' },
    ...{ expects: 'page', connections: CONNECTIONS, headers: NO_HEADERS },
  },
  { ...PEER, name: 'raw', title: 'raw node:http', system: 'raw', from: 'memory' },
  { ...PEER, name: 'nginx-cache', title: 'nginx proxy_cache', system: 'nginx-cache', from: 'memory' },
  { ...PEER, name: 'nginx', title: 'nginx pass-through', system: 'nginx', from: 'shard' },
  { ...PEER, name: 'haproxy', title: 'HAProxy pass-through', system: 'haproxy', from: 'shard' },
  { ...PEER, name: 'proxy-agent', title: 'bare http-proxy, keep-alive agent', system: 'proxy-agent', from: 'shard' },
  { ...PEER, name: 'proxy', title: 'bare http-proxy, no agent', system: 'proxy', from: 'shard' },
  { ...PEER, name: 'book', title: 'the way of the book', system: 'book', from: 'shard' },
] as const satisfies readonly ContenderSpec[];

export type ContenderName = (typeof CONTENDERS)[number]['name'];

export interface Contender extends ContenderSpec {
  readonly name: ContenderName;
}
