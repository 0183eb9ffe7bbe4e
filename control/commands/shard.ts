// `zpeople shard RANGE`: one instance.

import type { Command } from 'commander';
import type { Range } from '../../people/range.ts';
import { toCommand } from '../command.ts';
import * as kind from '../flag-kinds.ts';
import { SHARD_FLAGS } from '../flags.ts';

export function shardCommand(): Command {
  return toCommand<typeof SHARD_FLAGS, [Range]>({
    name: 'shard',
    summary: 'serve one range of the current dataset',
    description:
      'Serves the people of one range: the same API as the router, for its own letters only (421 for others), with as many workers as it is told. When it serves, it ' +
      'announces itself to the router and prints one line to stdout: "ready http://127.0.0.1:4001 ops http://127.0.0.1:4101".',
    arguments: [{ name: 'range', help: 'one range of the layout, like A-D', kind: kind.range }],
    flags: SHARD_FLAGS,
    examples: [
      ['shard E-P', 'one more instance for the router of "zpeople start"'],
      ['shard E-P --port 4002 --id e-p-1', 'on a fixed port, under a fixed name'],
      ['shard Q-Z --host 0.0.0.0 --advertise http://10.0.0.5:4003 --port 4003', 'for routers on other machines'],
    ],
    isServer: true,
    run: async (values, [range]) => {
      const { runShard } = await import('../../shards/main.ts');
      await runShard({ ...values, range });
    },
  });
}
