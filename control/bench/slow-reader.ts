// A client that reads the stream of a letter slower than it is sent: what do shard and router hold for it meanwhile?

import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { NDJSON_TYPE } from '../../people/page-request.ts';
import { residentMb } from './process-usage.ts';

export interface SlowReading {
  readonly readMb: number;
  readonly seconds: number;
  /** Of each process watched: its highest resident memory meanwhile, beyond that before. */
  readonly grewMb: readonly number[];
}

const TURN_MS = 100;
const BYTES_A_TURN = 128 * 1_024;

/** Reads a stream slowly for some seconds, then leaves; `pids` are watched. */
export async function readSlowly(url: string, seconds: number, pids: readonly number[]): Promise<SlowReading> {
  await readFast(url); // what a first stream makes a process hold for good is not this reader's
  const before = pids.map(residentMb);
  const highest = [...before];
  const startedAt = performance.now();
  const response = await open(url);
  let read = 0;
  while (performance.now() - startedAt < seconds * 1_000 && !response.readableEnded) {
    for (let turn = 0; turn < BYTES_A_TURN; ) {
      const chunk = response.read() as Buffer | null;
      if (!chunk) break;
      turn += chunk.length;
      read += chunk.length;
    }
    await sleep(TURN_MS);
    for (const [i, pid] of pids.entries()) highest[i] = Math.max(highest[i]!, residentMb(pid));
  }
  response.destroy();
  return {
    readMb: read / 1e6,
    seconds: (performance.now() - startedAt) / 1_000,
    grewMb: highest.map((mb, i) => mb - before[i]!),
  };
}

async function readFast(url: string): Promise<void> {
  for await (const _ of await open(url)) {
    // only to have read it
  }
}

function open(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, headers: { Accept: NDJSON_TYPE } }, (response) => {
      response.on('error', () => {}); // that we leave is no error
      if (response.statusCode === 200) resolve(response);
      else reject(new Error(`${url} answers ${response.statusCode}`));
    });
    request.on('error', reject);
  });
}
