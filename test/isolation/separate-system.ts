// A router and instances as processes of their own, as on several machines: who dies stays dead, nobody restarts it.

import { join } from 'node:path';
import type { StatusView } from '../../control/ops-client.ts';
import { type CliProcess, runCli, spawnCli } from '../helpers/cli.ts';
import { ALPHABET } from '../helpers/people-api.ts';
import { ownStatus } from '../helpers/running-system.ts';
import { createFolder } from '../helpers/temporary-folder.ts';
import { waitFor } from '../helpers/wait-for.ts';

export interface SeparateOptions {
  /** Instances, by range and further flags. Default: one of each range. */
  readonly instances?: ReadonlyArray<readonly [range: string, ...flags: string[]]>;
  readonly routerFlags?: readonly string[];
}

/** An instance and its processes. */
export interface SeparateInstance {
  readonly range: string;
  readonly url: string;
  readonly process: CliProcess;
  /** Of its primary and its workers. */
  readonly pids: readonly number[];
}

const ONE_EACH = [['A-D'], ['E-P'], ['Q-Z']] as const;

export class SeparateSystem {
  readonly url: string;
  readonly opsUrl: string;
  readonly instances: readonly SeparateInstance[];
  readonly #processes: readonly CliProcess[];
  readonly #removeFolder: () => Promise<void>;
  readonly #hanging = new Set<SeparateInstance>();

  private constructor(
    processes: readonly [router: CliProcess, ...CliProcess[]],
    instances: readonly SeparateInstance[],
    removeFolder: () => Promise<void>,
  ) {
    [this.url, this.opsUrl] = urlsOf(processes[0]);
    this.#processes = processes;
    this.instances = instances;
    this.#removeFolder = removeFolder;
  }

  /** Starts everything; resolves when every instance is available. */
  static async open({ instances = ONE_EACH, routerFlags = [] }: SeparateOptions = {}): Promise<SeparateSystem> {
    const folder = await createFolder();
    const data = ['--data', join(folder.path, 'data')];
    const spawn = (...args: readonly string[]): CliProcess =>
      spawnCli([...args, '--port', '0', '--ops-port', '0', '--log-level', 'warn']);
    const router = spawn('router', ...routerFlags);
    const processes: [CliProcess, ...CliProcess[]] = [router];
    try {
      await Promise.all([runCli(['seed', '--people', '500', ...data]), router.ready()]);
      const [, registry] = urlsOf(router);
      const shards = instances.map(([range, ...flags]) =>
        spawn('shard', range, '--registry', registry, '--workers', '1', ...data, ...flags),
      );
      processes.push(...shards);
      const running = await Promise.all(shards.map((shard, i) => instanceOf(instances[i]![0], shard)));
      const system = new SeparateSystem(processes, running, folder.remove);
      await waitFor('all instances to be available', async () =>
        (await Promise.all(running.map((one) => system.stateOf(one)))).every((state) => state === 'available'),
      );
      return system;
    } catch (error) {
      await Promise.all(processes.map((process) => process.stop()));
      await folder.remove();
      throw error;
    }
  }

  /** The only instance of a range. */
  instanceOf(range: string): SeparateInstance {
    return this.instances.find((instance) => instance.range === range)!;
  }

  /** How the router sees an instance; null when it does not know it. */
  async stateOf({ url }: SeparateInstance): Promise<string | null> {
    const { pools } = (await (await fetch(`${this.opsUrl}/status`)).json()) as StatusView;
    return pools.flatMap((pool) => pool.instances).find((instance) => instance.url === url)?.state ?? null;
  }

  /** The router's metrics. */
  async metrics(): Promise<string> {
    return (await fetch(`${this.opsUrl}/metrics`)).text();
  }

  /** Stops all processes of an instance where they are: it takes connections and never answers. */
  hang(instance: SeparateInstance): void {
    this.#hanging.add(instance);
    for (const pid of instance.pids) process.kill(pid, 'SIGSTOP');
  }

  /** Lets them go on. */
  goOn(instance: SeparateInstance): void {
    this.#hanging.delete(instance);
    for (const pid of instance.pids) process.kill(pid, 'SIGCONT');
  }

  /** Kills an instance's primary, whose workers then end; nobody brings it back. */
  kill({ process }: SeparateInstance): void {
    process.signal('SIGKILL');
  }

  /** Ends everything. */
  async close(): Promise<void> {
    for (const instance of this.#hanging) this.goOn(instance); // who is stopped cannot end
    await Promise.all(this.#processes.map((process) => process.stop()));
    await this.#removeFolder();
  }
}

/** The letters of a range. */
export function lettersOf(range: string): readonly string[] {
  return ALPHABET.filter((letter) => letter >= range.charAt(0) && letter <= range.charAt(range.length - 1));
}

async function instanceOf(range: string, process: CliProcess): Promise<SeparateInstance> {
  const url = await process.ready();
  const { workers } = await ownStatus(urlsOf(process)[1]);
  return { range, url, process, pids: [process.pid, ...workers.map(({ pid }) => pid)] };
}

function urlsOf(process: CliProcess): readonly [url: string, opsUrl: string] {
  const [, url, opsUrl] = /^ready (\S+) ops (\S+)$/m.exec(process.stdout())!;
  return [url!, opsUrl!];
}
