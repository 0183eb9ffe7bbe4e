// A Consul agent that a test plays: it keeps registrations as an agent does, and answers blocking queries as the test
// says, one after another. What it was asked stays on record.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Announcement } from '../../registry/announcement.ts';
import { registrationOf } from '../../registry/consul-service.ts';
import { listen } from '../../runtime/listen.ts';
import { waitFor } from '../helpers/wait-for.ts';

/** Answers one request, or none. */
export type Play = (res: ServerResponse, req: IncomingMessage) => void;

export interface FakeConsul {
  /** `consul://…`. */
  readonly registry: string;
  /** Method and path of all requests so far. */
  readonly requests: readonly string[];
  /** What is registered, by service id, as it was sent. */
  readonly services: Map<string, Record<string, unknown>>;
  /** Answers the next blocking query (when it comes, or now if it waits). */
  answerQuery(play: Play): void;
  /** The n-th blocking query's parameters, as soon as it is there. */
  query(n: number): Promise<URLSearchParams>;
  /** Answers every request but blocking queries from now on; null: as an agent does. */
  answerAll(play: Play | null): void;
}

/** Answers with a list of services and an index. */
export function services(index: string | number | null, ...instances: readonly Announcement[]): Play {
  const entries = instances.map((instance) => ({ Service: { ID: instance.id, Meta: registrationOf(instance).meta } }));
  return json(200, entries, index === null ? {} : { 'X-Consul-Index': String(index) });
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Play {
  return (res) => res.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Answers with text as it is. */
export function text(status: number, body: string, headers: Record<string, string> = {}): Play {
  return (res) => res.writeHead(status, { 'Content-Type': 'text/plain', ...headers }).end(body);
}

/** What a running test gives to have something done at its end; tests at once have one each. */
export type AtEnd = (end: () => void | Promise<void>) => void;

export async function startFakeConsul(atEnd: AtEnd, host = '127.0.0.1'): Promise<FakeConsul> {
  const requests: string[] = [];
  const registered = new Map<string, Record<string, unknown>>();
  const queries: URLSearchParams[] = [];
  const plays: Play[] = [];
  const waiting: (readonly [ServerResponse, IncomingMessage])[] = [];
  let playAll: Play | null = null;

  const server = createServer(async (req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://consul');
    requests.push(`${req.method} ${pathname}`);
    if (pathname === '/v1/health/service/people-shard') {
      queries.push(searchParams);
      const play = plays.shift();
      if (play) play(res, req);
      else waiting.push([res, req]);
      return;
    }
    if (playAll) return playAll(res, req);
    const id = pathname.split('/').at(-1) ?? '';
    if (pathname === '/v1/agent/services') {
      const wanted = /^ID == "(.*)"$/.exec(searchParams.get('filter') ?? '')?.[1] ?? '';
      const found = registered.get(wanted);
      return json(200, found ? { [wanted]: { ...found, Service: found.Name } } : {})(res, req);
    }
    if (pathname === '/v1/agent/service/register') {
      let body = '';
      for await (const chunk of req) body += chunk;
      const service = JSON.parse(body) as Record<string, unknown>;
      registered.set(String(service.ID), service);
      return text(200, '')(res, req);
    }
    return text(registered.delete(id) ? 200 : 404, '')(res, req);
  });
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = await listen(server, host, 0);
  return {
    registry: url.replace('http:', 'consul:'),
    requests,
    services: registered,
    answerQuery: (play) => {
      const next = waiting.shift();
      if (next) play(...next);
      else plays.push(play);
    },
    query: (n) => waitFor(`query ${n}`, () => queries[n - 1]),
    answerAll: (play) => {
      playAll = play;
    },
  };
}
