// The load generator: wrk if it is installed, else autocannon, as a process of its own on a core of its own. Both keep
// connections alive and send the next request when the answer is there.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import type { Workbench } from './workbench.ts';

/** What to send. */
export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  /** A whole number. */
  readonly seconds: number;
}

/** What came of it. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Answers of 400 and above, broken connections, timeouts. */
  readonly errors: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadGenerator {
  /** Name and version. */
  readonly name: string;
  /** Throws UserError when it fails. */
  fire(load: Load): Promise<LoadResult>;
}

/** How wrk tells exact numbers; it runs once, at the end. */
const WRK_REPORT = `done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"us":%d,"errors":%d,"p50Us":%d,"p99Us":%d}\\n', summary.requests,
    summary.duration, e.connect + e.read + e.write + e.timeout + e.status,
    latency:percentile(50), latency:percentile(99)))
end
`;
const EXTRA_MS = 20_000;

/** Takes what this machine has; `core` null: whichever is free. */
export function openLoadGenerator(workbench: Workbench, core: number | null): LoadGenerator {
  const wrk = findProgram('wrk', '-v');
  const run = (command: string, args: readonly string[], seconds: number): Promise<string> =>
    workbench.run({ name: 'the load generator', command, args, core }, seconds * 1_000 + EXTRA_MS);
  if (!wrk) {
    const autocannon = createRequire(import.meta.url).resolve('autocannon');
    return {
      name: 'autocannon (wrk is not installed: rates above 30,000/s and latencies below 1 ms are beyond it)',
      fire: async (load) =>
        readAutocannon(await run(process.execPath, [autocannon, ...autocannonArgs(load)], load.seconds)),
    };
  }
  const script = join(workbench.folder, 'report.lua');
  writeFileSync(script, WRK_REPORT);
  return {
    name: `wrk ${wrk.version}`,
    fire: async (load) => readWrk(await run(wrk.path, wrkArgs(load, script), load.seconds)),
  };
}

function wrkArgs({ url, headers, connections, seconds }: Load, script: string): readonly string[] {
  return ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, ...headerArgs(headers), url];
}

/** Reads the last line that WRK_REPORT made wrk write. */
export function readWrk(output: string): LoadResult {
  const { requests, us, errors, p50Us, p99Us } = JSON.parse(output.trim().split('\n').at(-1) ?? '');
  return { requests, seconds: us / 1e6, errors, p50Ms: p50Us / 1_000, p99Ms: p99Us / 1_000 };
}

function autocannonArgs({ url, headers, connections, seconds }: Load): readonly string[] {
  return ['-j', '-c', String(connections), '-d', String(seconds), ...headerArgs(headers), url];
}

/** Reads what `autocannon -j` writes. */
export function readAutocannon(output: string): LoadResult {
  const { requests, duration, errors, timeouts, latency, ...statuses } = JSON.parse(output);
  return {
    requests: requests.total,
    seconds: duration,
    errors: errors + timeouts + statuses['4xx'] + statuses['5xx'],
    p50Ms: latency.p50,
    p99Ms: latency.p99,
  };
}

function headerArgs(headers: Load['headers']): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
}
