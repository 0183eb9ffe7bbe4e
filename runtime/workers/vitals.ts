// How a process of ours is doing: its event loop, memory and CPU, read with every heartbeat. Utilisation is of the time
// since the reading before. Delay is watched by a timer of ours: perf_hooks' monitorEventLoopDelay forgets the interval
// under way at each reset, so that a loop blocked all the time would look idle. Cost: 20 short timers a second.

import { performance } from 'node:perf_hooks';
import type { CounterCell, Counters, LatencyHistogram } from '../counters.ts';
import { HEARTBEAT_MS } from './worker-state.ts';

export interface Vitals {
  /** Share of the time since the last reading that the event loop was busy, 0 to 1. */
  readonly elu: number;
  /** How late the event loop came to its timers at worst in the last WORST_OF_MS, in seconds. */
  readonly maxDelayS: number;
  readonly rssBytes: number;
  /** Used by JavaScript. */
  readonly heapBytes: number;
}

const LOOK_MS = 50;
/** Long enough for a scrape not to miss what was bad; a reading is soon over. */
const WORST_OF_MS = 15_000;

/** Reads the vitals of this process, as long as it lives; there should be one of it. */
export class VitalSigns {
  /** The worst delays between readings, in ms; the last one is under way. */
  readonly #worst: number[] = [0];
  #lookedAt = performance.now();
  #loop = performance.eventLoopUtilization();
  #delays: LatencyHistogram | undefined;
  #cpu: CounterCell | undefined;

  constructor() {
    setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** From now on what is seen is counted as well, in series with these labels; what was before is forgotten. */
  countIn(counters: Counters, labels: string): void {
    this.#delays = counters.histogram('people_event_loop_delay_seconds', labels);
    this.#cpu = counters.cell(`people_cpu_seconds_total{${labels}}`);
    this.#cpu.value = cpuSeconds();
    this.#worst.splice(0, Number.POSITIVE_INFINITY, 0);
    this.#lookedAt = performance.now();
    this.#loop = performance.eventLoopUtilization();
  }

  read(): Vitals {
    const loop = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(loop, this.#loop);
    this.#loop = loop;
    const maxDelayMs = Math.max(...this.#worst);
    if (this.#worst.push(0) > WORST_OF_MS / HEARTBEAT_MS) this.#worst.shift();
    if (this.#cpu) this.#cpu.value = cpuSeconds();
    const { rss, heapUsed } = process.memoryUsage();
    return {
      elu: Math.round(utilization * 1000) / 1000,
      maxDelayS: Math.round(maxDelayMs * 1000) / 1e6,
      rssBytes: rss,
      heapBytes: heapUsed,
    };
  }

  #look(): void {
    const nowMs = performance.now();
    const lateMs = Math.max(0, nowMs - this.#lookedAt - LOOK_MS);
    this.#lookedAt = nowMs;
    this.#delays?.observe(lateMs);
    this.#worst.push(Math.max(this.#worst.pop()!, lateMs));
  }
}

/** CPU this process has used since it began. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
