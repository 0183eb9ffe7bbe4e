// What the router's primary and its workers tell each other beyond the lifecycle.

import type { LogLevel } from '../runtime/log.ts';
import type { ForwardLimits } from './answer/forward.ts';
import type { InstanceView } from './table/members.ts';

/** What the primary starts a worker with. */
export interface RouterPayload extends ForwardLimits {
  readonly cacheMb: number;
  /** Per pool and router worker. */
  readonly maxInFlight: number;
  readonly maxQueue: number;
  readonly logLevel: LogLevel;
  /** Whether each request is logged. */
  readonly accessLog: boolean;
}

/** The primary to its workers: everybody, whole, at each change and before a new worker's first connection. */
export interface TableMessage {
  readonly type: 'table';
  readonly instances: readonly InstanceView[];
}

/** A worker to the primary. */
export type RouterReport =
  /** This instance refused a connection: probe it now. */
  | { readonly type: 'suspect'; readonly url: string }
  /** These instances answered requests, so many ms ago; told twice a second. */
  | { readonly type: 'answered'; readonly ago: readonly (readonly [url: string, ms: number])[] }
  | {
      readonly type: 'ejected';
      readonly url: string;
      readonly id: string;
      readonly range: string;
      readonly forMs: number;
    };
