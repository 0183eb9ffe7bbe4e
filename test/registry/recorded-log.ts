// A log that a test can read back: the messages, in order.

import { pino } from 'pino';
import type { Logger } from '../../runtime/log.ts';

export function recordedLog(): { readonly log: Logger; readonly messages: readonly string[] } {
  const messages: string[] = [];
  return { log: pino({}, { write: (line) => messages.push(JSON.parse(line).msg) }), messages };
}
