// `zpeople seed`: writes a dataset and shows what is in it.

import type { Command } from 'commander';
import { toCommand } from '../command.ts';
import { SEED_FLAGS } from '../flags.ts';
import { createProgress } from '../progress.ts';

export function seedCommand(): Command {
  return toCommand<typeof SEED_FLAGS, []>({
    name: 'seed',
    summary: 'write a dataset of made-up people, one file a shard',
    description:
      'Writes a dataset of made-up people: one file per range of letters under the data folder, then the catalog that ' +
      'makes it current. Equal options make equal bytes; seeding again what is there already is quick. Interrupted at ' +
      'any moment, the dataset before stays in force.',
    arguments: [],
    flags: SEED_FLAGS,
    examples: [
      ['seed', '1,000 people in A-D, E-P and Q-Z'],
      ['seed --people 100000 --seed 7', 'more, and other ones'],
      ['seed --shards A-M,N-Z', 'two shards'],
      ['seed --locale de,fr --data /srv/people', 'German and French names, kept elsewhere'],
    ],
    isServer: false,
    run: async ({ logLevel: _, ...options }) => {
      const [{ seedDataset }, { renderPicture }] = await Promise.all([
        import('../../seed/main.ts'),
        import('../../seed/picture.ts'),
      ]);
      const progress = await createProgress(process.stderr);
      const result = await seedDataset(options, progress).finally(() => progress.close());
      const { columns = 80, isTTY } = process.stdout;
      process.stdout.write(`${renderPicture(result, { columns, isColor: isTTY && process.stdout.hasColors() })}\n`);
    },
  });
}
