// A worker of an instance: loads the shard it is told to, and serves the connections it is handed.

import { logRequests } from '../runtime/access-log.ts';
import { Counters } from '../runtime/counters.ts';
import { createDoor } from '../runtime/door.ts';
import { KnownHeads } from '../runtime/known-heads.ts';
import { createLog } from '../runtime/log.ts';
import { runWorker } from '../runtime/workers/worker.ts';
import { loadShard } from './load-shard.ts';
import { createShardApp } from './shard-app.ts';
import { LEAVING, type ShardFacts, type ShardPayload } from './worker-protocol.ts';

/** Router connections end after this, so that new workers get their share of new ones (DESIGN §10). */
const CONNECTION_AGE = { requests: 1_000, ms: 2_000 };

runWorker<ShardPayload>(async (payload, primary) => {
  const { id, range, dataset, epoch, opsUrl, dataFolder, workMs, logLevel, accessLog } = payload;
  const log = createLog(`shard ${range}`, logLevel);
  const shard = await loadShard(dataFolder, dataset, range);
  const letters = [...shard.letters.values()];
  primary.send({
    people: shard.count,
    bytes: letters.reduce((sum, { bytes }) => sum + bytes, 0),
    letters: Object.fromEntries(letters.map(({ letter, count }) => [letter, count])),
  } satisfies ShardFacts);

  let isDraining = false;
  const counters = new Counters();
  const heads = new KnownHeads(['X-Forwarded-For']);
  const { handler, requests, onRefused } = createShardApp({
    heads,
    shard,
    identity: { id, range, dataset, epoch, opsUrl },
    workMs,
    counters,
    isDraining: () => isDraining,
    onError: (error) => log.error({ err: error }, 'a request failed'),
  });
  const door = createDoor(handler, {
    age: CONNECTION_AGE,
    heads: accessLog ? undefined : heads, // repeats would be in no log
    onRefused,
  });
  if (accessLog) logRequests(door.server, { name: `shard ${range}`, rangeOf: () => range });
  counters.gauge(`people_in_flight{range="${range}"}`, () => door.inFlight());
  const leave = (): void => {
    isDraining = true;
  };
  return {
    door,
    counters,
    labels: `range="${range}"`,
    requests,
    inFlight: () => door.inFlight(),
    onDrain: leave,
    onCustom: (body) => {
      if (body === LEAVING) leave();
    },
  };
});
