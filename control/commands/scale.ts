// `zpeople scale RANGE N`: more or fewer workers for one range, while it serves.

import type { Command } from 'commander';
import type { Range } from '../../people/range.ts';
import { toCommand } from '../command.ts';
import * as kind from '../flag-kinds.ts';
import { REMOTE_FLAGS } from '../flags.ts';
import { OpsClient } from '../ops-client.ts';
import { isScaled, ORDER_MS, poolOf } from '../settled.ts';

export function scaleCommand(): Command {
  return toCommand<typeof REMOTE_FLAGS, [Range, number]>({
    name: 'scale',
    summary: 'give one range more or fewer workers',
    description:
      'Changes the number of workers of each instance of a range, while it serves: new ones are started, surplus ones ' +
      'drained; other ranges are not touched. Waits until it is so, at most 30 s.',
    arguments: [
      { name: 'range', help: 'a range being served, like E-P', kind: kind.range },
      { name: 'workers', help: 'workers per instance, 1 to 64', kind: kind.wholeNumber('n', 1, 64) },
    ],
    flags: REMOTE_FLAGS,
    examples: [
      ['scale E-P 4', 'four workers for the hot range'],
      ['scale E-P 1 --ops-url http://10.0.0.5:8081 --ops-token "$TOKEN"', 'on another machine'],
    ],
    isServer: false,
    run: async ({ opsUrl, opsToken }, [range, workers]) => {
      const client = new OpsClient(opsUrl, opsToken);
      await client.order(`/pools/${range}/scale`, { workers });
      const status = await client.until(ORDER_MS, `${workers} workers in ${range}`, (now) =>
        isScaled(poolOf(now, range), workers),
      );
      const { instances } = poolOf(status, range);
      const each = instances.length === 1 ? '' : ` in each of its ${instances.length} instances`;
      process.stdout.write(`${range} has ${workers} ${workers === 1 ? 'worker' : 'workers'}${each} now\n`);
    },
  });
}
