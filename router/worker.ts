// A router worker: keeps the table its primary sends it, serves the connections it is handed.

import { Counters } from '../runtime/counters.ts';
import { createDoor } from '../runtime/door.ts';
import { createLog } from '../runtime/log.ts';
import { runWorker } from '../runtime/workers/worker.ts';
import { Pools } from './pools.ts';
import { createRouterApp } from './router-app.ts';
import type { RouterPayload, TableMessage } from './worker-protocol.ts';

runWorker<RouterPayload>(async (payload) => {
  const log = createLog('router', payload.logLevel);
  const pools = new Pools();
  const counters = new Counters();
  const { app, requests, close } = createRouterApp({
    poolOf: (letter) => pools.poolOf(letter),
    limits: payload,
    counters,
    onError: (error) => log.error({ err: error }, 'a request failed'),
  });
  const door = createDoor(app);
  return {
    door,
    counters,
    requests,
    inFlight: () => door.inFlight(),
    close,
    onCustom: (body) => {
      const { instances } = body as TableMessage;
      const reason = pools.update(instances);
      if (reason) log.warn(`the routing table stays as it was: ${reason}`);
    },
  };
});
