// Finds workers that stopped reporting. A watch that itself came late (its process was stopped, SIGCONT) has heard
// nobody for that long, which is nobody's fault but its own: it starts the count anew.

import type { WorkerHandle } from './worker-handle.ts';
import { HEARTBEAT_MS, isHung } from './worker-state.ts';

const LOOK_MS = HEARTBEAT_MS / 2;
const LATE_MS = HEARTBEAT_MS * 2;

/** Looks again and again, until `stop`; `onHung` is told once for each silence. */
export class HangWatch<P> {
  readonly #timer: NodeJS.Timeout;

  constructor(
    workers: Iterable<WorkerHandle<P>>,
    now: () => number,
    onHung: (worker: WorkerHandle<P>, silentForMs: number) => void,
  ) {
    let lastLook = now();
    this.#timer = setInterval(() => {
      const nowMs = now();
      const isLate = nowMs - lastLook > LATE_MS;
      lastLook = nowMs;
      for (const worker of workers) {
        const silentForMs = isLate ? 0 : nowMs - worker.heardAt;
        if (isHung(worker.state, silentForMs)) onHung(worker, silentForMs);
        else if (!isLate) continue;
        worker.heardAt = nowMs;
      }
    }, LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
