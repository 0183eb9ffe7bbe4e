// `zpeople start`: everything on this machine, seeded if need be.

import type { Command } from 'commander';
import { toCommand } from '../command.ts';
import { demoOptions } from '../demo-options.ts';
import { START_FLAGS } from '../flags.ts';

export function startCommand(): Command {
  return toCommand<typeof START_FLAGS, []>({
    name: 'start',
    summary: 'seed if there is no data, then serve everything on this machine',
    description:
      'Seeds the default dataset where there is no data, then starts one instance per range of the layout and the ' +
      'router, each a process of its own, and keeps them running: one that dies is started again on its old port. ' +
      'Ctrl-C (or SIGTERM) finishes what is begun and stops it all, a second one stops at once. Off a terminal it ' +
      'prints one line to stdout when it serves: "ready http://127.0.0.1:8080 ops http://127.0.0.1:8081". SIGUSR2 reloads ' +
      'everything, worker by worker.',
    arguments: [],
    flags: START_FLAGS,
    examples: [
      ['start', 'http://127.0.0.1:8080'],
      ['start --port 9000 --data /srv/people', 'another port, other data'],
      ['start --workers A-D=1,E-P=4,Q-Z=1', 'more workers for a hot range'],
      ['start --host 0.0.0.0', 'reachable from other machines'],
      ['start --access-log', 'with a line for each request on stderr'],
      ['start --demo', 'the one-minute tour, in a browser'],
    ],
    isServer: true,
    run: async (values, _given, isGiven) => {
      const { runStart } = await import('../start.ts');
      await runStart(values.demo ? demoOptions(values, isGiven) : values);
    },
  });
}
