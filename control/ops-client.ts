// Talking to a router's ops port: status, orders, and waiting until they are carried out.

import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, UserError } from '../runtime/user-error.ts';

export interface WorkerView {
  readonly pid: number;
  readonly state: string;
  readonly ageS: number;
  readonly restarts: number;
  readonly requests: number | null;
  readonly inFlight: number | null;
  readonly elu: number | null;
  readonly rssMb: number | null;
}

export interface OperationView {
  readonly kind: 'scale' | 'reload';
  readonly state: 'running' | 'done' | 'failed';
  readonly detail: string;
}

export interface InstanceView {
  readonly id: string;
  readonly url: string;
  readonly pid: number | null;
  readonly state: string;
  readonly dataset: string | null;
  /** Null while the instance does not say. */
  readonly workers: readonly WorkerView[] | null;
  readonly operation: OperationView | null;
}

export interface PoolView {
  readonly range: string;
  readonly people: number | null;
  readonly instances: readonly InstanceView[];
}

/** The part of a router's /status that commands use. */
export interface StatusView {
  readonly dataset: string | null;
  readonly epoch: number | null;
  readonly layout: readonly string[];
  readonly router: {
    readonly pid: number;
    readonly workers: readonly WorkerView[];
    readonly operation: OperationView | null;
  };
  readonly pools: readonly PoolView[];
}

const CALL_TIMEOUT_MS = 5_000;
const ASK_EVERY_MS = 100;

export class OpsClient {
  readonly #url: string;
  readonly #token: string | null;

  constructor(url: string, token: string | null) {
    this.#url = url;
    this.#token = token;
  }

  /** The system's state now. Throws UserError (unreachable, failed). */
  async status(): Promise<StatusView> {
    return (await this.#call('GET', '/status')) as StatusView;
  }

  /** Gives an order. Throws UserError with the reason when it is not taken. */
  async order(path: string, body: object = {}): Promise<void> {
    await this.#call('POST', path, body);
  }

  /** Asks again and again until `isSo`; resolves with that status. Throws UserError (failed) when `ms` have passed. */
  async until(ms: number, what: string, isSo: (status: StatusView) => boolean): Promise<StatusView> {
    const end = performance.now() + ms;
    for (;;) {
      const status = await this.status();
      if (isSo(status)) return status;
      if (performance.now() >= end) throw new UserError('failed', `waited ${ms / 1000} s for ${what}, in vain`);
      await sleep(ASK_EVERY_MS);
    }
  }

  async #call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(this.#url + path, {
        method,
        headers: {
          ...(this.#token !== null && { Authorization: `Bearer ${this.#token}` }),
          ...(body && { 'Content-Type': 'application/json' }),
        },
        body: body ? JSON.stringify(body) : null,
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      });
    } catch (error) {
      const cause = messageOf(error instanceof Error && error.cause ? error.cause : error);
      throw new UserError(
        'unreachable',
        `no router answers at ${this.#url} (${cause}): is "zpeople start" running? --ops-url names another one`,
      );
    }
    const answer = (await response.json().catch(() => ({}))) as { detail?: string };
    if (!response.ok) throw new UserError('failed', answer.detail ?? `${this.#url}${path} answered ${response.status}`);
    return answer;
  }
}
