// One process of a bench: pinned to a core, in a group of its own (Ctrl-C reaches the bench, which ends the others),
// watched. A Node process also gets an IPC channel, whose end tells it that the bench is gone.

import { spawn } from 'node:child_process';
import { UserError } from '../../runtime/user-error.ts';
import { withoutOurVariables } from '../child.ts';

export interface ProgramSpec {
  /** As errors call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Null: whichever core is free. */
  readonly core: number | null;
  readonly folder: string;
}

export interface Program {
  readonly name: string;
  readonly pid: number;
  /** All of its stdout, when it has ended with code 0. Rejects with UserError when it failed. */
  readonly finished: Promise<string>;
  /** Whether it has ended. */
  isOver(): boolean;
  /** Resolves when a line of stdout matches. Rejects with UserError when it ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends it and what it forked, now. */
  kill(): void;
}

/** Starts a process. Throws UserError when there is no such program. */
export function startProgram({ name, command, args, core, folder }: ProgramSpec): Program {
  const pinned = core === null ? [command, ...args] : ['taskset', '-c', String(core), command, ...args];
  const isNode = command === process.execPath;
  const child = spawn(pinned[0]!, pinned.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe', isNode ? 'ipc' : 'ignore'],
    env: withoutOurVariables(process.env),
    cwd: folder,
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) {
    child.on('error', () => {});
    throw new UserError('failed', `${name} did not start: is ${pinned[0]} installed?`);
  }
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const watch of watchers) watch();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4_096);
  });
  let isOver = false;
  const finished = new Promise<string>((resolve, reject) => {
    child.once('close', (code, signal) => {
      isOver = true;
      const why = stderr.trim().split('\n').at(-1) || (signal ? `killed by ${signal}` : `exit code ${code}`);
      if (code === 0) resolve(stdout);
      else reject(new UserError('failed', `${name} failed: ${why}`));
    });
  });
  finished.catch(() => {}); // those who wait for it hear of it

  return {
    name,
    pid,
    finished,
    isOver: () => isOver,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(stdout);
          if (!match) return;
          watchers.delete(look);
          resolve(match);
        };
        watchers.add(look);
        look();
        finished.then(() => reject(new UserError('failed', `${name} ended before it was ready`)), reject);
      }),
    kill: () => {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // ESRCH: nobody is left of it
      }
    },
  };
}
