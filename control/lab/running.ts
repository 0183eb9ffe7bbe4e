// A `zpeople` process of a lab that serves: where it is found, and how it ends.

import { UserError } from '../../runtime/user-error.ts';
import { type Child, startChild } from '../child.ts';
import { OpsClient } from '../ops-client.ts';

export interface Running {
  readonly pid: number;
  readonly url: string;
  readonly opsUrl: string;
  readonly ops: OpsClient;
  /** Has it finish what is begun and leave; resolves when it is gone. */
  leave(): Promise<void>;
  /** Kills it, with all it forked; resolves when it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts `zpeople <args>` and resolves when it serves. `onChild` gets the process at once; what it returns is called
 * when the process has ended. Rejects with UserError (failed) when it ends before it serves.
 */
export function startRunning(args: readonly string[], onChild: (child: Child) => () => void): Promise<Running> {
  return new Promise((resolve, reject) => {
    let onGone: () => void = () => {};
    const gone = new Promise<void>((settle) => {
      onGone = settle;
    });
    const child = startChild(
      { args },
      {
        onReady: ({ url, opsUrl }) => {
          const leave = (): Promise<void> => {
            child.drain();
            return gone;
          };
          const kill = (): Promise<void> => {
            child.kill('SIGKILL');
            return gone;
          };
          resolve({ pid: child.pid!, url, opsUrl, ops: new OpsClient(opsUrl, null), leave, kill });
        },
        onEnd: ({ reason, code, signal }) => {
          onEnded();
          onGone();
          reject(new UserError('failed', reason ?? `zpeople ${args[0]} ended (${signal ?? `exit code ${code}`})`));
        },
      },
    );
    const onEnded = onChild(child);
  });
}
