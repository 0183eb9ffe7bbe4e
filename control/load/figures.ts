// Numbers as people read them. Pure.

/** 12345 as `12,345`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** Two or three digits and a unit: `0.42 ms`, `9.7 ms`, `312 ms`, `1.8 s`. */
export function milliseconds(ms: number): string {
  if (ms >= 999.5) return `${(ms / 1_000).toFixed(ms < 9_950 ? 1 : 0)} s`;
  return `${ms.toFixed(ms < 0.995 ? 2 : ms < 9.95 ? 1 : 0)} ms`;
}

/** A share from 0 to 1 as `27 %`; one that is not nothing, or not all, never reads as if it were. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return '< 0.1 %';
  if (value > 99.9 && value < 100) return '> 99.9 %';
  return `${value.toFixed(value > 0 && value < 10 ? 1 : value > 99 && value < 100 ? 1 : 0)} %`;
}
