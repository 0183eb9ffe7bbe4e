// What happens, as it happens: server-sent events on the router's ops port. A visitor first gets the state, the events
// and the traffic of the last minutes, then each change; it reconnects by itself (EventSource does).
// Cost: nothing but one sample a second while nobody looks.

import type { Express, Response } from 'express';
import type { EventLog } from '../../runtime/event-log.ts';
import { type Totals, type TrafficSample, trafficSample } from './traffic-sample.ts';

export interface LiveOptions {
  readonly events: EventLog;
  readonly status: () => unknown;
  readonly counters: () => Totals;
}

const EVERY_MS = 1_000;
const KEPT_SAMPLES = 300;
const RECONNECT_MS = 1_000;

export class Live {
  readonly #options: LiveOptions;
  readonly #visitors = new Set<Response>();
  readonly #samples: TrafficSample[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stopListening: () => void = () => {};
  #before: { readonly totals: Totals; readonly atMs: number } | null = null;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  /** Begins to sample and to tell. */
  start(): void {
    this.#timer = setInterval(() => this.#tick(), EVERY_MS);
    this.#stopListening = this.#options.events.listen((event) => this.#tell('event', event));
  }

  addRoutes(app: Express): void {
    app.get('/events', (_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      res.write(`retry: ${RECONNECT_MS}\n\n`);
      send(res, 'status', this.#options.status());
      send(res, 'history', { events: this.#options.events.events, traffic: this.#samples });
      this.#visitors.add(res);
      res.once('close', () => this.#visitors.delete(res));
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stopListening();
    for (const visitor of this.#visitors) visitor.end();
  }

  #tick(): void {
    const nowMs = performance.now();
    const totals = this.#options.counters();
    if (this.#before) {
      const seconds = (nowMs - this.#before.atMs) / 1000;
      const sample = trafficSample(this.#before.totals, totals, seconds, new Date().toISOString());
      this.#samples.push(sample);
      if (this.#samples.length > KEPT_SAMPLES) this.#samples.shift();
      this.#tell('traffic', sample);
    }
    this.#before = { totals, atMs: nowMs };
    if (this.#visitors.size > 0) this.#tell('status', this.#options.status());
  }

  #tell(name: string, data: unknown): void {
    for (const visitor of this.#visitors) {
      // A visitor that does not read is let go: it comes back by itself and gets the state anew.
      if (visitor.writableLength > 1024 * 1024) visitor.destroy();
      else send(visitor, name, data);
    }
  }
}

function send(res: Response, name: string, data: unknown): void {
  res.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}
