// A router worker: keeps the table its primary sends it, serves the connections it is handed.

import { isPeopleTarget, parsePageQuery } from '../people/page-request.ts';
import { logRequests } from '../runtime/access-log.ts';
import { Counters } from '../runtime/counters.ts';
import { createDoor } from '../runtime/door.ts';
import { KnownHeads } from '../runtime/known-heads.ts';
import { createLog } from '../runtime/log.ts';
import { runWorker } from '../runtime/workers/worker.ts';
import { Pools } from './pool/pools.ts';
import { createRouterApp } from './router-app.ts';
import type { RouterPayload, RouterReport, TableMessage } from './worker-protocol.ts';

/** A pool whose answers take longer than this part of an attempt's time has too much. */
const SLOW_SHARE = 1 / 4;
const ANSWERED_EVERY_MS = 500;
/** Shown as 0 before the first: a rate over a series that begins with 1 would miss it. */
const COUNTED = ['people_upstream_attempts_total', 'people_retries_total'];
const COUNTED_BY_RANGE = ['people_sheds_total', 'people_ejections_total'];

runWorker<RouterPayload>(async (payload, primary) => {
  const { maxInFlight, maxQueue, attemptTimeoutMs, cacheMb } = payload;
  const log = createLog('router', payload.logLevel);
  const pools = new Pools({ maxInFlight, maxQueue, targetMs: attemptTimeoutMs * SLOW_SHARE });
  const counters = new Counters();
  for (const name of COUNTED) counters.cell(name);
  const report = (message: RouterReport): void => primary.send(message);
  const heads = new KnownHeads();
  const app = createRouterApp({
    heads,
    poolOf: (letter) => pools.poolOf(letter),
    limits: payload,
    cacheMb,
    counters,
    onError: (error) => log.error({ err: error }, 'a request failed'),
    onSuspect: ({ url }) => report({ type: 'suspect', url }),
    onEjected: ({ range }, { id, url, ejection }) => {
      const forMs = ejection.until - performance.now();
      counters.add(`people_ejections_total{range="${range}"}`);
      log.warn(`${id} is ejected for ${Math.round(forMs / 1000)} s: five failures in a row`);
      report({ type: 'ejected', url, id, range, forMs });
    },
  });
  const door = createDoor(app.handler, {
    heads: payload.accessLog ? undefined : heads, // repeats would be in no log
    onRefused: app.onRefused,
  });
  const rangeOf = (target: string): string | null => {
    const query = isPeopleTarget(target) ? parsePageQuery(target) : null;
    return query?.ok ? (pools.poolOf(query.value.letter)?.range ?? null) : null;
  };
  if (payload.accessLog) logRequests(door.server, { name: 'router', rangeOf });
  const answered = setInterval(() => {
    const nowMs = performance.now();
    const members = [...pools.all].flatMap((pool) => pool.members);
    const ago = members
      .map(({ url, answeredAt }) => [url, nowMs - answeredAt] as const)
      .filter(([, ms]) => ms <= ANSWERED_EVERY_MS);
    if (ago.length > 0) report({ type: 'answered', ago });
  }, ANSWERED_EVERY_MS);
  return {
    door,
    counters,
    labels: '',
    requests: app.requests,
    inFlight: () => door.inFlight(),
    close: () => {
      clearInterval(answered);
      app.close();
    },
    onCustom: (body) => {
      const { instances } = body as TableMessage;
      const reason = pools.update(instances);
      if (reason) log.warn(`the routing table stays as it was: ${reason}`);
      for (const { range, pages, streams } of pools.all) {
        for (const name of COUNTED_BY_RANGE) counters.cell(`${name}{range="${range}"}`);
        counters.gauge(`people_in_flight{range="${range}"}`, () => pages.inFlight + streams.inFlight);
        counters.gauge(`people_queued{range="${range}"}`, () => pages.queued + streams.queued);
      }
    },
  };
});
