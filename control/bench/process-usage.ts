// CPU time and memory of a process with all its descendants, from /proc. CPU time is in ticks of 10 ms, which is why
// rounds last seconds.

import { readdirSync, readFileSync } from 'node:fs';

/** Of one process. */
export interface ProcessUsage {
  readonly pid: number;
  readonly parent: number;
  /** User and system time so far. */
  readonly cpuMs: number;
}

/** Of a process and its descendants: CPU time by process, resident memory in all. */
export interface TreeUsage {
  readonly cpuMs: ReadonlyMap<number, number>;
  readonly rssMb: number;
}

/** What user space calls a tick (USER_HZ), on every Linux. */
const TICK_MS = 10;
const RESIDENT = /^VmRSS:\s*(\d+) kB$/m;

/** Reads a line of /proc/PID/stat. The second field, a name in parentheses, may hold anything. */
export function parseStat(line: string): ProcessUsage {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [, parent, utime, stime] = [0, 1, 11, 12].map((index) => Number(fields[index]));
  return { pid: Number.parseInt(line, 10), parent: parent!, cpuMs: (utime! + stime!) * TICK_MS };
}

/** A process and its descendants, of all there are. */
export function treeOf(root: number, all: readonly ProcessUsage[]): readonly ProcessUsage[] {
  const own = all.filter(({ pid }) => pid === root);
  const below = all.filter(({ parent }) => parent === root);
  return [...own, ...below.flatMap(({ pid }) => treeOf(pid, all))];
}

/** CPU time spent between two looks at a tree, in ms; of processes that are gone it counts nothing. */
export function cpuBetween(before: TreeUsage, after: TreeUsage): number {
  return [...after.cpuMs].reduce((sum, [pid, cpuMs]) => sum + cpuMs - (before.cpuMs.get(pid) ?? 0), 0);
}

/** Looks at a process and its descendants now. */
export function treeUsage(root: number): TreeUsage {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const all = pids.map((pid) => readProc(pid, 'stat')).filter(Boolean);
  const tree = treeOf(root, all.map(parseStat));
  return {
    cpuMs: new Map(tree.map(({ pid, cpuMs }) => [pid, cpuMs])),
    rssMb: tree.reduce((sum, { pid }) => sum + residentMb(pid), 0),
  };
}

/** Resident memory of one process, in MB; 0 when it is gone. */
export function residentMb(pid: number): number {
  return Number(RESIDENT.exec(readProc(pid, 'status'))?.[1] ?? 0) / 1024;
}

/** Empty when the process ended meanwhile. */
function readProc(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
