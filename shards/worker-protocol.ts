// What an instance's primary and its workers tell each other beyond the lifecycle.

import type { Range } from '../people/range.ts';
import type { LogLevel } from '../runtime/log.ts';

/** What the primary starts a worker with. */
export interface ShardPayload {
  readonly id: string;
  readonly range: Range;
  readonly dataset: string;
  readonly epoch: number;
  readonly opsUrl: string;
  readonly dataFolder: string;
  readonly workMs: number;
  readonly logLevel: LogLevel;
  /** Whether each request is logged. */
  readonly accessLog: boolean;
}

/** What a worker tells its primary once it has loaded its shard. */
export interface ShardFacts {
  readonly people: number;
  readonly bytes: number;
  readonly letters: Readonly<Record<string, number>>;
}

/** What the primary tells its workers: the instance leaves, /readyz says so. */
export const LEAVING = 'leaving';
