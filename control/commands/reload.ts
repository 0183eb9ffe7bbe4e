// `zpeople reload [RANGE]`: new workers for old ones, without losing a request.

import type { Command } from 'commander';
import type { Range } from '../../people/range.ts';
import { toCommand } from '../command.ts';
import * as kind from '../flag-kinds.ts';
import { REMOTE_FLAGS } from '../flags.ts';
import { OpsClient } from '../ops-client.ts';
import { isReloaded, ORDER_MS, poolOf, workerPids } from '../settled.ts';

export function reloadCommand(): Command {
  return toCommand<typeof REMOTE_FLAGS, [Range | undefined]>({
    name: 'reload',
    summary: 'replace workers one by one, with new code and the current dataset',
    description:
      'Replaces the workers of a range, or of everything (the router included), one by one: the new one is ready before ' +
      'the old one drains, so no request is lost. New workers run the code and serve the dataset that are current now. ' +
      'If a new one does not become ready, the old ones keep serving and the reason is shown. Waits until it is done, ' +
      'at most 30 s.',
    arguments: [{ name: 'range', help: 'only this range, like E-P', kind: kind.range, isOptional: true }],
    flags: REMOTE_FLAGS,
    examples: [
      ['reload', 'everything, as after "zpeople seed" or an update'],
      ['reload E-P', 'one range'],
      ['reload --ops-url http://10.0.0.5:8081 --ops-token "$TOKEN"', 'on another machine'],
    ],
    isServer: false,
    run: async ({ opsUrl, opsToken }, [range]) => {
      const client = new OpsClient(opsUrl, opsToken);
      const before = await client.status();
      const isAll = range === undefined;
      const ranges = isAll ? before.pools.map((pool) => pool.range) : [poolOf(before, range).range];
      const pids = workerPids(before, ranges, isAll);
      await Promise.all(ranges.map((each) => client.order(`/pools/${each}/reload`)));
      if (isAll) await client.order('/reload');
      const after = await client.until(ORDER_MS, 'all workers to be replaced', (now) =>
        isReloaded(now, ranges, isAll, pids),
      );
      const count = workerPids(after, ranges, isAll).size;
      process.stdout.write(
        `${count} workers replaced in ${isAll ? 'everything' : range}, serving dataset ${after.dataset}\n`,
      );
    },
  });
}
