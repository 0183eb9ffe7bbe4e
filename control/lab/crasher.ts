// Kills workers while they serve: each one to three whole seconds after it was first seen, by chance, as the book's
// server throws. SIGKILL: no handler runs, no answer is finished.

import { setTimeout as sleep } from 'node:timers/promises';
import type { OpsClient } from '../ops-client.ts';
import { workerPids } from '../settled.ts';

const LOOK_MS = 100;
const LONGEST_LIFE_S = 3;

/**
 * Kills until the signal aborts; resolves with how many it killed. Only workers of shards, not the router's.
 * `secondMs` is how long a second takes: shorter in a shortened lab.
 */
export async function crashWorkers(ops: OpsClient, signal: AbortSignal, secondMs: number): Promise<number> {
  const deadlines = new Map<number, NodeJS.Timeout>();
  let killed = 0;
  while (!signal.aborted) {
    const status = await ops.status();
    const ranges = status.pools.map(({ range }) => range);
    for (const pid of workerPids(status, ranges, false)) {
      if (deadlines.has(pid)) continue;
      const lifeMs = Math.ceil(Math.random() * LONGEST_LIFE_S) * secondMs;
      deadlines.set(
        pid,
        setTimeout(() => {
          if (tryKill(pid)) killed++;
        }, lifeMs),
      );
    }
    await sleep(LOOK_MS);
  }
  for (const timer of deadlines.values()) clearTimeout(timer);
  return killed;
}

function tryKill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false; // it was replaced meanwhile
  }
}
