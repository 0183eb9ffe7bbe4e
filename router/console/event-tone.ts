// How an event is meant: which colour and sign it gets, and whether charts mark its moment. Pure.

import type { OpsEvent } from './wire.ts';

export type Tone = 'bad' | 'warn' | 'good' | 'change' | 'quiet';

const TONES: Readonly<Record<string, Tone>> = {
  crash: 'bad',
  hung: 'bad',
  'reload-failed': 'bad',
  'demo-failed': 'bad',
  ejected: 'warn',
  left: 'warn',
  restart: 'warn',
  autoscale: 'change',
  scale: 'change',
  reload: 'change',
  demo: 'change',
  joined: 'good',
  ready: 'quiet',
};

/** The tone of an event. */
export function toneOf({ kind, detail }: OpsEvent): Tone {
  if (kind !== 'health') return TONES[kind] ?? 'quiet';
  if (detail.endsWith('down')) return 'bad';
  return detail.endsWith('available') ? 'good' : 'warn';
}

/** Whether its moment is worth a mark on the charts. */
export function isLandmark(event: OpsEvent): boolean {
  const tone = toneOf(event);
  return tone === 'bad' || tone === 'warn' || tone === 'change';
}
