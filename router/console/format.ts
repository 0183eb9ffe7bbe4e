// Numbers and times as people read them. Pure.

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const SHORT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 2 });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** What stands for an unknown number. */
export const UNKNOWN = '–';

/** `12,345` */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : WHOLE.format(value);
}

/** `987`, `1.2K`, `12K`, for narrow places. */
export function shortCount(value: number): string {
  return value < 1000 ? WHOLE.format(value) : SHORT.format(value);
}

/** A rate: `0`, `0.4`, `12`, `1,234`. */
export function rate(perSecond: number): string {
  return perSecond < 10 ? TENTHS.format(perSecond) : WHOLE.format(perSecond);
}

/** `0.25 ms`, `25 ms`, `2.5 s` */
export function latency(ms: number | null): string {
  if (ms === null) return UNKNOWN;
  return ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1000).toPrecision(3))} s`;
}

/** `42 %` of a share from 0 to 1. */
export function percent(share: number | null): string {
  return share === null ? UNKNOWN : `${WHOLE.format(share * 100)} %`;
}

/** `12 s`, `3 min`, `2 h`, `5 d` */
export function age(seconds: number): string {
  if (seconds < 90) return `${WHOLE.format(seconds)} s`;
  if (seconds < 90 * 60) return `${WHOLE.format(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${WHOLE.format(seconds / 3600)} h`;
  return `${WHOLE.format(seconds / 86_400)} d`;
}

/** `13:04:59`, in the visitor's time zone. */
export function clock(iso: string): string {
  return CLOCK.format(new Date(iso));
}

/** `A–D`: ranges in print. */
export function rangeName(range: string): string {
  return range.replace('-', '–');
}

/** `1 worker`, `2 workers` */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}
