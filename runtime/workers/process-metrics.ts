// What every primary tells of its processes, beside what its house counts: restarts, event loops, memory, CPU. Gauges are
// by a worker's place in its pool, never by pid: a pool of two has two of them, however many workers it has lost.

import type { MetricDefinition, Series } from '../metrics.ts';
import type { Vitals } from './vitals.ts';

const BY_PROCESS = 'by process: "primary", or "worker-1" and so on by place in the pool (none while it drains)';
const BY_KIND = 'by process: "primary", or all "workers", those that are gone included';

export const PROCESS_METRICS: readonly MetricDefinition[] = [
  {
    name: 'people_worker_restarts_total',
    help: 'Workers that died, failed or hung and were replaced; reloading and scaling are no restarts.',
    type: 'counter',
  },
  {
    name: 'people_event_loop_delay_seconds',
    help: `How late event loops came to a timer, looked at 20 times a second, ${BY_KIND}.`,
    type: 'histogram',
  },
  {
    name: 'people_event_loop_delay_max_seconds',
    help: `How late an event loop was at worst in the last 15 seconds, ${BY_PROCESS}.`,
    type: 'gauge',
  },
  {
    name: 'people_event_loop_utilization_ratio',
    help: `Share of the last half second that an event loop was busy, 0 to 1, ${BY_PROCESS}.`,
    type: 'gauge',
  },
  { name: 'people_cpu_seconds_total', help: `CPU used, ${BY_KIND}.`, type: 'counter' },
  { name: 'people_resident_memory_bytes', help: `Memory held, ${BY_PROCESS}.`, type: 'gauge' },
  { name: 'people_heap_used_bytes', help: `Memory used by JavaScript, ${BY_PROCESS}.`, type: 'gauge' },
  { name: 'process_cpu_seconds_total', help: 'CPU used by the primary, without its workers.', type: 'counter' },
  { name: 'process_start_time_seconds', help: 'When the primary began, in Unix time.', type: 'gauge' },
];

export interface ProcessFacts {
  /** Labels of every series of ours, as `range="A-D"`; may be empty. */
  readonly labels: string;
  readonly restarts: number;
  readonly primary: { readonly vitals: Vitals; readonly cpuS: number; readonly startedAtMs: number };
  /** In the order of their places; null for one that has told nothing yet, or is gone. */
  readonly workers: readonly (Vitals | null)[];
}

/** The series of a primary and its workers as they are now; what they counted is in their counters. */
export function processSeries({ labels, restarts, primary, workers }: ProcessFacts): Series {
  const gauges = (vitals: Vitals, process: string): [string, number][] => {
    const own = labelsOf(labels, process);
    return [
      [`people_event_loop_utilization_ratio{${own}}`, vitals.elu],
      [`people_event_loop_delay_max_seconds{${own}}`, vitals.maxDelayS],
      [`people_resident_memory_bytes{${own}}`, vitals.rssBytes],
      [`people_heap_used_bytes{${own}}`, vitals.heapBytes],
    ];
  };
  return [
    [`people_worker_restarts_total{${labels}}`, restarts],
    ['process_cpu_seconds_total', primary.cpuS],
    ['process_start_time_seconds', primary.startedAtMs / 1000],
    ...gauges(primary.vitals, 'primary'),
    ...workers.flatMap((vitals, place) => (vitals ? gauges(vitals, `worker-${place + 1}`) : [])),
  ];
}

/** The labels of a process' series: its house's, and which process it is. */
export function labelsOf(labels: string, process: string): string {
  return `${labels}${labels && ','}process="${process}"`;
}
