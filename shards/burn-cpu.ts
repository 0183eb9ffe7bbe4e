// `--work-ms`: makes a page cost CPU, as real pages do, for labs and benches. It counts CPU time, not time on the
// clock: workers that share a core must share it, or adding workers would look like adding cores.

/** Keeps this thread's process busy for so many ms of CPU time. */
export function burnCpu(ms: number): void {
  if (ms <= 0) return;
  const start = process.cpuUsage();
  let sink = 1;
  for (;;) {
    for (let i = 0; i < 5_000; i++) sink = (sink * 1_103_515_245 + 12_345) % 2_147_483_648;
    const { user, system } = process.cpuUsage(start);
    if ((user + system) / 1000 >= ms || sink < 0) return;
  }
}
