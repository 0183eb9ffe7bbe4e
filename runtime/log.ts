// Logs: one line per event that an operator cares about, to stderr; pretty on a terminal, JSON elsewhere. Each line is one
// write, so that lines of several processes do not mix.

import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

/** Levels that `--log-level` takes, most talkative first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Creates a process' logger; `name` is the process as an operator knows it (`router`, `shard E-P`). */
export function createLog(name: string, level: LogLevel): Logger {
  return createLogger(name, level, { messageFormat: `[${name}] {msg}` });
}

/** Creates the logger of requests, whatever `--log-level` says of events; on a terminal each is one line, too. */
export function createAccessLogger(name: string): Logger {
  const messageFormat = (entry: Record<string, unknown>): string => `[${name}] ${accessLine(entry)}`;
  return createLogger(name, 'info', { messageFormat, hideObject: true });
}

/** `GET /api/people/byFirstName/J 200 E-P miss 3.2 ms e-p-1/4242`: what is unknown is left out. */
export function accessLine(entry: Readonly<Record<string, unknown>>): string {
  const { method, path, status, range, cache, ms, servedBy, aborted } = entry;
  const time = typeof ms === 'number' ? `${ms.toFixed(1)} ms` : null;
  const words = [method ?? 'no request', path, status, range, cache, time, servedBy, aborted && 'aborted'];
  return words.filter((word) => word != null).join(' ');
}

function createLogger(
  name: string,
  level: LogLevel,
  format: Pick<pretty.PrettyOptions, 'messageFormat' | 'hideObject'>,
): Logger {
  const destination: DestinationStream = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, colorize: true, ignore: 'pid,hostname,name', ...format })
    : pino.destination({ dest: 2, sync: true });
  return pino({ name, level, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
