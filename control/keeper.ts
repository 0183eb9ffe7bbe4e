// Keeps one process running from its first start until it is told to leave. What to do when it ends is decided in
// restart.ts; this shell owns the process and the timer. Invariant: at most one process at a time, none once `gone`.

import type { Logger } from '../runtime/log.ts';
import { UserError } from '../runtime/user-error.ts';
import type { Child, ChildEvents, Ending, Ready } from './child.ts';
import { decideRestart, type KeptState } from './restart.ts';

export interface KeeperOptions {
  /** The process as an operator knows it: `router`, `shard E-P`. */
  readonly name: string;
  /** Starts the process; `before` is what it said when it was ready before: it must come back at that address. */
  readonly start: (before: Ready | null, events: ChildEvents) => Child;
  readonly log: Logger;
  readonly now?: () => number;
}

export class Keeper {
  readonly name: string;
  readonly #options: KeeperOptions;
  readonly #now: () => number;
  readonly #first = deferred<Ready>();
  readonly #gone = deferred<boolean>();
  #state: KeptState = { kind: 'new' };
  #child: Child | null = null;
  #ready: Ready | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: KeeperOptions) {
    this.name = options.name;
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Where it serves; throws before it was ready once. */
  get url(): string {
    if (!this.#ready) throw new Error(`${this.name} is not ready`);
    return this.#ready.url;
  }

  /**
   * Starts the process and resolves when it is ready for the first time. Rejects with UserError (failed) when it ends
   * before; stays open when it is told to leave before.
   */
  start(): Promise<Ready> {
    if (this.#state.kind === 'new') this.#launch({ kind: 'starting', isFirst: true, early: 0 });
    return this.#first.promise;
  }

  /** Where its operators find it; throws before it was ready once. */
  get opsUrl(): string {
    if (!this.#ready) throw new Error(`${this.name} is not ready`);
    return this.#ready.opsUrl;
  }

  /** Has it replace its workers one by one; nothing to do while it is not ready. */
  reload(): void {
    if (this.#state.kind === 'ready') this.#child?.reload();
  }

  /** Has it finish what is begun and leave; resolves when it is gone: true, or false when it left work unfinished. */
  drain(): Promise<boolean> {
    const { kind } = this.#state;
    clearTimeout(this.#timer);
    if (kind === 'new' || kind === 'waiting') this.#settle(true);
    if (kind === 'starting' || kind === 'ready') this.#state = { kind: 'leaving', hasWork: kind === 'ready' };
    if (kind === 'starting') this.#child?.kill('SIGTERM');
    if (kind === 'ready') this.#child?.drain();
    return this.#gone.promise;
  }

  /** Ends it now; resolves when it is gone. */
  async kill(): Promise<void> {
    const gone = this.drain();
    this.#child?.kill('SIGKILL');
    await gone;
  }

  #launch(state: KeptState): void {
    this.#state = state;
    this.#child = this.#options.start(this.#ready, {
      onReady: (ready) => this.#onReady(ready),
      onEnd: (ending) => this.#onEnd(ending),
    });
  }

  #onReady(ready: Ready): void {
    if (this.#state.kind !== 'starting') return;
    const { isFirst, early } = this.#state;
    this.#state = { kind: 'ready', sinceMs: this.#now(), early };
    this.#ready = ready;
    if (!isFirst) this.#options.log.info(`${this.name} serves again at ${ready.url} (pid ${this.pid})`);
    this.#first.resolve(ready);
  }

  #onEnd(ending: Ending): void {
    const pid = this.pid;
    this.#child = null;
    const state = this.#state;
    const verdict = decideRestart(state, this.#now());
    switch (verdict.kind) {
      case 'let-go':
        this.#settle(ending.code === 0 || (state.kind === 'leaving' && !state.hasWork));
        break;
      case 'give-up':
        this.#settle(false);
        this.#first.reject(
          new UserError('failed', ending.reason ?? `${this.name} did not start: ${howItEnded(ending)}`),
        );
        break;
      case 'restart': {
        const { delayMs, early } = verdict;
        const when = delayMs === 0 ? 'now' : `in ${delayMs} ms`;
        this.#options.log.warn(`${this.name} (pid ${pid}) died (${howItEnded(ending)}); it is started again ${when}`);
        this.#state = { kind: 'waiting', early };
        this.#timer = setTimeout(() => this.#launch({ kind: 'starting', isFirst: false, early }), delayMs);
      }
    }
  }

  #settle(isOrderly: boolean): void {
    this.#state = { kind: 'gone' };
    this.#gone.resolve(isOrderly);
  }
}

function howItEnded({ code, signal, reason }: Ending): string {
  return reason ?? (signal ? `killed by ${signal}` : `exit code ${code}`);
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

/** Promise.withResolvers, which Node 20 lacks. */
function deferred<T>(): Deferred<T> {
  let settle: Omit<Deferred<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle! };
}
