// Preloaded into a process that is measured to its end (`node --import`): its last line on stdout says what it took.
// The high-water mark is that of its own memory: getrusage's would begin with that of who started it.

import { readFileSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const PEAK = /^VmHWM:\s*(\d+) kB$/m;

if (isMainThread) {
  process.once('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const peakKb = Number(PEAK.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
    writeSync(1, `\n${JSON.stringify({ cpuS: (userCPUTime + systemCPUTime) / 1e6, peakMb: peakKb / 1_024 })}\n`);
  });
}
