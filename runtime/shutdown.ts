// How a process leaves. One owner, one deadline: the first request to leave (signal, or "drain" from the parent over
// IPC) starts the drain, a second signal leaves now, and the grace time bounds it all. A process with a parent does
// not obey Ctrl-C, which the terminal sends to everybody: the top process does, and passes it on. A process whose
// parent is gone leaves at once, so that none outlives it.

import type { Logger } from './log.ts';

/** What the parent sends over IPC to have a process leave in order. */
export const DRAIN_MESSAGE = 'drain';

/** What the parent sends over IPC for a rolling reload. */
export const RELOAD_MESSAGE = 'reload';

/** One Ctrl-C may come twice: from the terminal, and passed on by npm where its shell execs. */
const SAME_KEYPRESS_MS = 300;

export interface ShutdownOptions {
  /** Stops taking work and resolves when the last of it is finished. Called once. */
  readonly drain: () => Promise<void>;
  /** The drain is cut off after this many ms. */
  readonly graceMs: number;
  readonly log: Logger;
}

export interface Shutdown {
  leave(why: string): void;
  isLeaving(): boolean;
}

/** Installs the signal and IPC handlers of this process; it then exits by itself: 0 drained, 1 cut off. */
export function installShutdown({ drain, graceMs, log }: ShutdownOptions): Shutdown {
  const hasParent = process.send !== undefined;
  let isLeaving = false;
  let interruptedAt = Number.NEGATIVE_INFINITY;

  const leave = (why: string): void => {
    if (isLeaving) return;
    isLeaving = true;
    log.info(`leaving (${why}), at most ${graceMs / 1000} s`);
    const deadline = setTimeout(() => {
      log.warn('the grace time is over: leaving with work unfinished');
      process.exit(1);
    }, graceMs);
    drain().then(
      () => {
        clearTimeout(deadline);
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, 'draining failed');
        process.exit(1);
      },
    );
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    const isEcho = signal === 'SIGINT' && performance.now() - interruptedAt < SAME_KEYPRESS_MS;
    if (isLeaving && !isEcho) process.exit(signal === 'SIGINT' ? 130 : 143);
    if (signal === 'SIGINT' && !isLeaving) interruptedAt = performance.now();
    leave(signal);
  };

  process.on('SIGTERM', onSignal);
  process.on('SIGINT', hasParent ? () => {} : onSignal);
  if (hasParent) {
    process.on('message', (message) => {
      if (message === DRAIN_MESSAGE) leave('asked by the parent process');
    });
    process.on('disconnect', () => process.exit(isLeaving ? 0 : 1));
    if (!process.connected) process.exit(1); // it died while we loaded, before anybody listened
  }
  return { leave, isLeaving: () => isLeaving };
}
