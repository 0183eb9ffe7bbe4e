// The built bin serving everything on this machine, as a test sees it from outside: URLs, status, processes.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstanceView, OperationView, StatusView, WorkerView } from '../../control/ops-client.ts';
import { type CliProcess, isRunning, runCli, spawnCli } from './cli.ts';
import { PeopleFiles } from './people-files.ts';
import { createFolder } from './temporary-folder.ts';
import { waitFor } from './wait-for.ts';

export interface SystemOptions {
  /** Writes the data into an empty folder. Default: the start seeds 1,000 people. */
  readonly writeData?: (dataFolder: string) => Promise<void>;
  readonly flags?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

export class RunningSystem {
  readonly start: CliProcess;
  readonly dataFolder: string;
  readonly url: string;
  readonly opsUrl: string;
  readonly files: PeopleFiles;
  readonly #removeFolder: () => Promise<void>;

  private constructor(start: CliProcess, dataFolder: string, files: PeopleFiles, removeFolder: () => Promise<void>) {
    const [, url, opsUrl] = /^ready (\S+) ops (\S+)$/m.exec(start.stdout())!;
    this.start = start;
    this.dataFolder = dataFolder;
    this.url = url!;
    this.opsUrl = opsUrl!;
    this.files = files;
    this.#removeFolder = removeFolder;
  }

  /** Starts everything; resolves when it serves. */
  static async open({ writeData, flags = [], variables = {} }: SystemOptions = {}): Promise<RunningSystem> {
    const folder = await createFolder();
    const data = join(folder.path, 'data');
    await writeData?.(data);
    const start = spawnCli(['start', '--port', '0', '--ops-port', '0', '--data', data, ...flags], variables);
    try {
      await start.ready();
      const files = new PeopleFiles(data);
      await files.readCurrent();
      return new RunningSystem(start, data, files, folder.remove);
    } catch (error) {
      await start.stop();
      await folder.remove();
      throw error;
    }
  }

  /** Ends whatever is left of it. */
  async close(): Promise<void> {
    await this.start.stop();
    await this.#removeFolder();
  }

  async status(): Promise<StatusView> {
    const answer = await fetch(`${this.opsUrl}/status`);
    return (await answer.json()) as StatusView;
  }

  /** Waits for a status, also while the router is down; resolves with it. */
  until(what: string, isSo: (status: StatusView) => boolean, timeoutMs = 10_000): Promise<StatusView> {
    return waitFor(
      what,
      async () => {
        const status = await this.status().catch(() => null);
        return status && isSo(status) ? status : null;
      },
      timeoutMs,
    );
  }

  /** Gives an order to the router's ops port. */
  async order(path: string, body: object = {}): Promise<void> {
    await order(this.opsUrl + path, body);
  }

  /** Writes another dataset, makes it the current one, and gives its id. */
  async seed(...args: readonly string[]): Promise<string> {
    const { code, stderr } = await runCli(['seed', '--data', this.dataFolder, ...args]);
    if (code !== 0) throw new Error(`seeding failed: ${stderr}`);
    return this.files.readCurrent();
  }

  /** An instance of a range, as it sees itself right now. */
  async instance(range: string): Promise<OwnStatus> {
    const [instance] = instancesIn(await this.status(), range) as (InstanceView & { opsUrl: string })[];
    if (!instance) throw new Error(`there is no instance of ${range}`);
    return ownStatus(instance.opsUrl);
  }

  /** Every process below `start` that runs now. */
  processes(): Promise<number[]> {
    return descendantsOf(this.start.pid);
  }
}

/** The part of an instance's own /status that tests look at. */
export interface OwnStatus {
  readonly id: string;
  readonly url: string;
  readonly opsUrl: string;
  readonly pid: number;
  readonly dataset: string;
  readonly workers: readonly WorkerView[];
  readonly operation: OperationView | null;
}

export async function ownStatus(opsUrl: string): Promise<OwnStatus> {
  return (await (await fetch(`${opsUrl}/status`)).json()) as OwnStatus;
}

export async function order(url: string, body: object = {}): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status !== 202) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}

/** All instances, in the order of their ranges. */
export function instancesOf({ pools }: StatusView): readonly InstanceView[] {
  return pools.flatMap(({ instances }) => instances);
}

/** The instances of a range. */
export function instancesIn({ pools }: StatusView, range: string): readonly InstanceView[] {
  return pools.find((pool) => pool.range === range)?.instances ?? [];
}

/** Pids of ready workers. */
export function readyPids(workers: readonly WorkerView[] | null): number[] {
  return (workers ?? []).filter(({ state }) => state === 'ready').map(({ pid }) => pid);
}

/** Children, their children and so on. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = /^\d+ \(.*\) \w (\d+) /s.exec(stat)?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const found: number[] = [];
  for (const ancestors = [pid]; ancestors.length > 0; ) {
    const ancestor = ancestors.pop();
    const children = [...parents].filter(([, parent]) => parent === ancestor).map(([child]) => child);
    found.push(...children);
    ancestors.push(...children);
  }
  return found;
}

/** Waits until none of these processes runs. */
export async function allGone(pids: readonly number[], timeoutMs = 10_000): Promise<void> {
  await waitFor(
    `processes ${pids.join(', ')} to be gone`,
    async () => !(await Promise.all(pids.map(isRunning))).includes(true),
    timeoutMs,
  );
}
