// What the router's primary and its workers tell each other beyond the lifecycle.

import type { Announcement } from '../registry/announcement.ts';
import type { LogLevel } from '../runtime/log.ts';
import type { ForwardLimits } from './forward.ts';

/** What the primary starts a worker with. */
export interface RouterPayload extends ForwardLimits {
  readonly logLevel: LogLevel;
}

/** The primary to its workers: all members, whole, at each change and before a new worker's first connection. */
export interface TableMessage {
  readonly type: 'table';
  readonly instances: readonly Announcement[];
}
