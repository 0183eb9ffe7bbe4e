// Logs: one line per event that an operator cares about, to stderr; pretty on a terminal, JSON elsewhere.

import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

/** Levels that `--log-level` takes, most talkative first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Creates a process' logger; `name` is the process as an operator knows it (`router`, `shard E-P`). */
export function createLog(name: string, level: LogLevel): Logger {
  const isTerminal = process.stderr.isTTY;
  const destination: DestinationStream = isTerminal
    ? pretty({
        destination: 2,
        sync: true,
        colorize: true,
        ignore: 'pid,hostname,name',
        messageFormat: `[${name}] {msg}`,
      })
    : pino.destination({ dest: 2, sync: true });
  return pino({ name, level, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
