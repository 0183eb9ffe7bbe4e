// The only file that knows the consul package: the calls we need, each bounded in time, its failure always a
// ConsulError. The package's own Watch is not among them: it ends for good at an HTTP 400. Left to us by the package
// (2.0.1 over papi 1.1.2): an answer that breaks off in its body settles no call before its time limit, IPv6
// addresses keep their brackets, and a 2xx comes back whatever it holds.

import { EventEmitter } from 'node:events';
import { Agent, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import Consul from 'consul';
import type { ConsulAddress } from './consul-address.ts';
import { invalidAnswer, toConsulError } from './consul-error.ts';
import type { Registration } from './consul-service.ts';

/** The answer to a blocking query. */
export interface ServiceAnswer {
  readonly entries: readonly unknown[];
  /** X-Consul-Index as it came. */
  readonly index: string | undefined;
}

/** An HTTP check of a service; times as Consul writes them (`1s`, `1m`). */
export interface HealthCheck {
  readonly url: string;
  readonly interval: string;
  readonly timeout: string;
  readonly deregisterAfter: string;
}

/** A body must be whole this long after its head. */
const BODY_MS = 2_000;
/** Consul adds up to a sixteenth to the wait it is asked for; then the answer has to come. */
const ANSWER_MS = 1_500;

/** Calls of one agent, one at a time. */
export class ConsulClient {
  readonly #consul: Consul;
  #onHead = (): void => {};

  constructor({ host, port }: ConsulAddress) {
    // no kept connections: one that the agent has left behind would fail the next call
    this.#consul = new Consul({ host, port, agent: new BracketlessAgent({ keepAlive: false }) });
    // papi tells of an answer's head only in its log
    (this.#consul as unknown as EventEmitter).on('log', (tags: readonly string[]) => {
      if (tags[1] === 'response') this.#onHead();
    });
  }

  /** Passing instances of a service, as soon as they are newer than `index`, or after `waitMs`. */
  async passing(service: string, index: bigint, waitMs: number, signal: AbortSignal): Promise<ServiceAnswer> {
    const options = { service, passing: true, index: String(index), wait: `${waitMs}ms` };
    const limitMs = Math.ceil(waitMs * (17 / 16)) + ANSWER_MS;
    const { response, body } = await this.#call(limitMs, signal, (common) =>
      this.#consul.health.service({ ...options, ...common }),
    );
    if (!Array.isArray(body)) throw invalidAnswer(response, 'no list of services');
    return { entries: body, index: response.headers['x-consul-index']?.toString() };
  }

  /** What the agent has registered under an id, or null. */
  async registered(id: string, limitMs: number): Promise<unknown> {
    const { response, body } = await this.#call(limitMs, null, (common) =>
      this.#consul.agent.service.list({ filter: `ID == ${JSON.stringify(id)}`, ...common }),
    );
    if (typeof body !== 'object' || body === null || Buffer.isBuffer(body))
      throw invalidAnswer(response, 'no services');
    return Reflect.get(body, id) ?? null;
  }

  async register({ tags, ...registration }: Registration, check: HealthCheck, limitMs: number): Promise<void> {
    const options = {
      ...registration,
      tags: [...tags],
      check: {
        name: `${registration.name} ${registration.id}`,
        http: check.url,
        interval: check.interval,
        timeout: check.timeout,
        deregistercriticalserviceafter: check.deregisterAfter,
      },
    };
    await this.#call(limitMs, null, (common) => this.#consul.agent.service.register({ ...options, ...common }));
  }

  async deregister(id: string, limitMs: number): Promise<void> {
    await this.#call(limitMs, null, (common) => this.#consul.agent.service.deregister({ id, ...common }));
  }

  async #call(
    limitMs: number,
    signal: AbortSignal | null,
    ask: (common: { readonly timeout: number; readonly ctx: CallContext }) => Promise<unknown>,
  ): Promise<{ readonly response: IncomingMessage; readonly body: unknown }> {
    const ctx = new CallContext();
    let bodyTimer: NodeJS.Timeout | undefined;
    let hasBrokenOff = false;
    const cancel = (): void => void ctx.emit('cancel');
    this.#onHead = () => {
      bodyTimer = setTimeout(() => {
        hasBrokenOff = true;
        cancel();
      }, BODY_MS);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      signal?.throwIfAborted();
      const [response, body] = (await ask({ timeout: limitMs, ctx })) as [IncomingMessage, unknown];
      return { response, body };
    } catch (error) {
      throw toConsulError(hasBrokenOff ? new Error('its answer broke off') : error);
    } finally {
      clearTimeout(bodyTimer);
      signal?.removeEventListener('abort', cancel);
      this.#onHead = () => {};
    }
  }
}

/** What papi takes: aborts the call on `cancel`; the flag makes the package give the response, not the body alone. */
class CallContext extends EventEmitter {
  readonly includeResponse = true;
}

/** Connects to `[::1]` as to `::1`. */
class BracketlessAgent extends Agent {
  override createConnection(...[options, callback]: Parameters<Agent['createConnection']>): Duplex | null | undefined {
    const host = options.host?.replace(/^\[|\]$/g, '');
    return super.createConnection(host === undefined ? options : { ...options, host }, callback);
  }
}
