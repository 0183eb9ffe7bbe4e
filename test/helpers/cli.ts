// The built bin as a real process. Who spawns it stops it: `runCli` waits for its end, `spawnCli` hands out `stop`, and
// what a failing test leaves running dies with the test process. An end is the end of everybody who holds its stdout or
// stderr: a process left behind keeps a test waiting.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { waitFor } from './wait-for.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LogEntry {
  readonly name: string;
  readonly pid: number;
  readonly msg: string;
}

export interface CliProcess {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly hasEnded: () => boolean;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** What it and its children logged so far. */
  readonly logs: () => readonly LogEntry[];
  signal(signal: NodeJS.Signals): void;
  /** Stops reading its stdout, as `| head` does. */
  closeOutput(): void;
  /** Resolves with the URL of the `ready` line; rejects with what was said on stderr when it ends before. */
  ready(): Promise<string>;
  /** Kills it unless it has ended, and waits for its end. */
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../dist/control/main.js', import.meta.url));
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts `zpeople <args>`, without the ZPEOPLE_… variables of whoever runs the tests. */
export function spawnCli(args: readonly string[], variables: Readonly<Record<string, string>> = {}): CliProcess {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('ZPEOPLE_'));
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...Object.fromEntries(own), ...variables },
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  let hasEnded = false;
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      hasEnded = true;
      resolve({ code, signal, stdout, stderr });
    });
  });
  return {
    pid: child.pid!,
    ended,
    hasEnded: () => hasEnded,
    stdout: () => stdout,
    stderr: () => stderr,
    logs: () => parseLogs(stderr),
    signal: (signal) => {
      child.kill(signal);
    },
    closeOutput: () => {
      child.stdout.destroy();
    },
    ready: () =>
      waitFor('the ready line', () => {
        if (hasEnded) throw new Error(`it ended before it was ready: ${stderr}`);
        return /^ready (\S+)/m.exec(stdout)?.[1];
      }),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs `zpeople <args>` to its end. */
export function runCli(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return spawnCli(args, variables).ended;
}

/** The whole lines of a log; the rest of stderr is not one. */
function parseLogs(stderr: string): LogEntry[] {
  const lines = stderr.split('\n').slice(0, -1);
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
}

/** Whether a process is there and not merely waiting to be reaped. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/\) Z /.test(status);
}
