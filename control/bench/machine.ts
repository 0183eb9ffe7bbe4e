// Where a bench ran: without that its figures mean nothing.

import { cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly at: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  /** Load average of the minute before: other people's work. */
  readonly loadBefore: number;
}

/** A machine at work already gives figures that say little. */
const BUSY_LOAD = 0.5;

export function describeMachine(): Machine {
  const all = cpus();
  return {
    at: new Date().toISOString(),
    node: process.version,
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    loadBefore: Math.round(loadavg()[0]! * 100) / 100,
  };
}

/** A warning when others are at work; null when it is quiet. */
export function busyWarning({ loadBefore }: Machine): string | null {
  if (loadBefore <= BUSY_LOAD) return null;
  return `this machine was busy before the bench (load ${loadBefore}): rates and latencies say little, CPU times more`;
}
