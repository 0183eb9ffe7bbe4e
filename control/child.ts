// One process of ours that another of ours runs: `zpeople shard …` or `zpeople router …`, with explicit arguments, an
// environment of which only secrets are ours, and an IPC channel. It leads a process group of its own: the terminal's
// Ctrl-C does not reach it, and what it forked, hung or not, ends with it. Invariant: `onEnd` comes exactly once, after
// all it had to say.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DRAIN_MESSAGE, RELOAD_MESSAGE } from '../runtime/shutdown.ts';
import { messageOf, systemCode } from '../runtime/user-error.ts';
import { isFailureMessage, SUPERVISED } from './parent.ts';

/** What a process says when it serves. */
export interface Ready {
  readonly url: string;
  readonly opsUrl: string;
}

/** How a process ended: what it said itself if it failed in order, else its exit code or signal. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly reason: string | null;
}

export interface ChildEvents {
  onReady(ready: Ready): void;
  /** It said something else over IPC; `answer` talks back. */
  onMessage?(message: unknown, answer: (message: object) => void): void;
  onEnd(ending: Ending): void;
}

export interface Child {
  readonly pid: number | undefined;
  /** Asks it to finish what is begun and leave. */
  drain(): void;
  /** Asks it to replace its workers one by one. */
  reload(): void;
  /** Ends it: in order if it can (SIGTERM), or now (SIGKILL). */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const READY = /^ready (http:\/\/\S+) ops (http:\/\/\S+)$/;
const LAST_WORDS_MS = 250;

/** What a child is told: flags, and as ZPEOPLE_… variables the secrets among them, which `ps` must not show. */
export interface Orders {
  readonly args: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

/** Starts `zpeople <args>` as a child of this process. */
export function startChild({ args, variables }: Orders, events: ChildEvents): Child {
  const child = spawn(process.execPath, [MAIN, ...args, SUPERVISED], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...withoutOurVariables(process.env), ...variables },
    detached: true,
  });
  const tell = (message: string | object): void => {
    if (child.connected) child.send(message, () => {}); // it may be gone by the time it is sent
  };
  let reason: string | null = null;
  let hasEnded = false;
  const end = (code: number | null, signal: NodeJS.Signals | null): void => {
    if (hasEnded) return;
    hasEnded = true;
    events.onEnd({ code, signal, reason });
  };

  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = parseReadyLine(line);
      if (ready) events.onReady(ready);
    });
  }
  child.on('message', (message) => {
    if (isFailureMessage(message)) reason = message.failed;
    else events.onMessage?.(message, tell);
  });
  child.on('error', (error) => {
    if (child.pid !== undefined) return; // a signal or message that came too late
    reason = messageOf(error);
    end(null, null);
  });
  // "exit" may overtake the last message and line; "close" comes after them.
  child.once('close', end);
  child.once('exit', (code, signal) => {
    killGroup(child.pid);
    setTimeout(end, LAST_WORDS_MS, code, signal);
  });

  return {
    pid: child.pid,
    drain: () => tell(DRAIN_MESSAGE),
    reload: () => tell(RELOAD_MESSAGE),
    kill: (signal) => {
      if (signal === 'SIGKILL') killGroup(child.pid);
      else child.kill(signal);
    },
  };
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error; // nobody is left of it
  }
}

/** Reads the line `ready http://127.0.0.1:40001 ops http://127.0.0.1:40002`; null when it is another one. */
export function parseReadyLine(line: string): Ready | null {
  const [, url, opsUrl] = READY.exec(line) ?? [];
  return url && opsUrl ? { url, opsUrl } : null;
}

/** The environment without ZPEOPLE_…: a child is told what it is to know, whatever its parent was given. */
export function withoutOurVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('ZPEOPLE_')));
}
