// A whole system to look at, of real processes, with data of its own.

import { type CliProcess, spawnCli } from '../helpers/cli.ts';
import { createFolder } from '../helpers/temporary-folder.ts';

export interface SystemStatus {
  readonly router: { readonly pid: number };
  readonly pools: readonly {
    readonly range: string;
    readonly instances: readonly {
      readonly id: string;
      readonly workers: readonly { readonly pid: number; readonly state: string }[] | null;
    }[];
  }[];
}

export interface System {
  readonly start: CliProcess;
  readonly url: string;
  readonly opsUrl: string;
  status(): Promise<SystemStatus>;
  stop(): Promise<void>;
}

/** Starts a system with one worker per range; resolves when it serves. */
export async function startSystem(...flags: string[]): Promise<System> {
  const folder = await createFolder();
  const start = spawnCli([
    'start',
    '--port',
    '0',
    '--ops-port',
    '0',
    '--data',
    folder.path,
    '--workers',
    '1',
    ...flags,
  ]);
  try {
    const url = await start.ready();
    const opsUrl = / ops (\S+)/.exec(start.stdout())![1]!;
    return {
      ...{ start, url, opsUrl },
      status: async () => (await (await fetch(`${opsUrl}/status`)).json()) as SystemStatus,
      stop: async () => {
        await start.stop();
        await folder.remove();
      },
    };
  } catch (error) {
    await start.stop();
    await folder.remove();
    throw error;
  }
}
