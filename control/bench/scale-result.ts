// What the bench of scaling finds, and what is asked of it. Pure. This is also what its JSON file holds.

import type { Machine } from './machine.ts';
import { atLeast, atMost, judge, type Target } from './target.ts';
import { figure } from './text-table.ts';

/** An instance whose pages cost CPU, behind a router. */
export interface WorkerFigures {
  readonly workers: number;
  readonly requestsPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  /** Each worker's part of the requests, the smallest first. */
  readonly shares: readonly number[];
}

/** An instance of one worker with so many people in its dataset. */
export interface PeopleFigures {
  readonly people: number;
  /** Of the shard that was served. */
  readonly shardMb: number;
  /** From the start of the process until it serves. */
  readonly readyS: number;
  /** Resident memory of the worker. */
  readonly workerMb: number;
  /** A first page that nobody asked for before, and one that is kept: medians. */
  readonly newPageMs: number;
  readonly keptPageMs: number;
}

/** One letter as NDJSON to a reader that takes little at a time. */
export interface StreamFigures {
  readonly letter: string;
  readonly people: number;
  readonly streamMb: number;
  readonly readMb: number;
  readonly seconds: number;
  /** How far resident memory rose above what it was before, at its highest. */
  readonly shardGrewMb: number;
  readonly routerGrewMb: number;
}

export interface ScaleFindings {
  readonly workers: readonly WorkerFigures[];
  readonly people: readonly PeopleFigures[];
  readonly stream: StreamFigures;
}

export interface ScaleResult extends ScaleFindings {
  readonly kind: 'scale';
  readonly machine: Machine;
  readonly workMs: number;
  readonly targets: readonly Target[];
}

/** A reader's stream, and what else happens meanwhile, may move memory so many MB. */
const FLAT = atMost(10);

/** What issue 5 asks, as far as it was measured. */
export function scaleTargets({ workers, people, stream }: ScaleFindings): readonly Target[] {
  const rateOf = (count: number): number => workers.find((one) => one.workers === count)?.requestsPerS ?? Number.NaN;
  const [base, ...larger] = people;
  return [
    ...judge('requests a second: 2 workers by 1', rateOf(2) / rateOf(1), '×', atLeast(1.9)),
    ...larger.flatMap((one) => growthTargets(base!, one)),
    ...judge(`more memory for a slow reader of ${figure(stream.streamMb)} MB: shard`, stream.shardGrewMb, 'MB', FLAT),
    ...judge('… and router', stream.routerGrewMb, 'MB', FLAT),
  ];
}

function growthTargets(base: PeopleFigures, one: PeopleFigures): readonly Target[] {
  const name = one.people.toLocaleString('en-US');
  const moreMb = one.shardMb - base.shardMb;
  const readyS = ((one.readyS - base.readyS) / moreMb) * 100;
  const memory = (one.workerMb - base.workerMb) / moreMb;
  const page = one.newPageMs / base.newPageMs;
  return [
    ...judge(`for each 100 MB of shard until ready (${name})`, readyS, 's', atMost(1)),
    ...judge(`memory of a worker beyond its base, by its shard (${name})`, memory, '×', atMost(1.2)),
    ...judge(`new first page: ${name} by ${base.people.toLocaleString('en-US')}`, page, '×', atMost(1.1)),
  ];
}
