// What an operator hears of a registry: once when it cannot be used, once when it is back, each malformed service
// once, a registration that does not last once. Not a line for every attempt.

import type { Logger } from '../runtime/log.ts';
import { messageOf } from '../runtime/user-error.ts';

export interface ConsulLog {
  good(): void;
  bad(error: unknown): void;
  /** An instance was found as it was announced. */
  kept(): void;
  /** It was not, and had to be announced again. */
  lost(id: string, found: 'nothing' | 'something else'): void;
  /** Takes all services refused by now. */
  refused(services: readonly { readonly id: string; readonly reason: string }[]): void;
}

/** Creates the log of one registry, named as the operator named it. */
export function createConsulLog(registry: string, log: Logger): ConsulLog {
  let isDown = false;
  let isLost = false;
  let known: ReadonlySet<string> = new Set();
  return {
    good() {
      if (isDown) log.info(`registry ${registry} is back`);
      isDown = false;
    },
    bad(error) {
      if (!isDown) log.warn(`registry ${registry} cannot be used (${messageOf(error)}); trying again until it can`);
      isDown = true;
    },
    kept() {
      isLost = false;
    },
    lost(id, found) {
      if (!isLost) log.warn(`registry ${registry} had ${found} under the name of ${id}: announced it again`);
      isLost = true;
    },
    refused(services) {
      const complaints = services.map(
        ({ id, reason }) => `service ${id} of registry ${registry} is refused: ${reason}`,
      );
      for (const complaint of complaints) if (!known.has(complaint)) log.warn(complaint);
      known = new Set(complaints);
    },
  };
}
