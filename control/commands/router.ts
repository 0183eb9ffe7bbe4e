// `zpeople router`: the one public door.

import type { Command } from 'commander';
import { toCommand } from '../command.ts';
import { ROUTER_FLAGS } from '../flags.ts';

export function routerCommand(): Command {
  return toCommand<typeof ROUTER_FLAGS, []>({
    name: 'router',
    summary: 'serve the public endpoint in front of running instances',
    description:
      'Serves the public API and passes each request to the pool that holds its letter. When it serves, it prints one ' +
      'line to stdout: "ready http://127.0.0.1:8080 ops http://127.0.0.1:8081". Instances announce themselves in the ' +
      'registry it hosts on its ops port, or in the one --registry names.',
    arguments: [],
    flags: ROUTER_FLAGS,
    examples: [
      ['router', 'instances join with "zpeople shard RANGE"'],
      ['router --port 8090 --ops-port 8091 --registry http://127.0.0.1:8081', 'a second router for the same pools'],
      ["router --registry 'static:A-M=http://127.0.0.1:4001;N-Z=http://127.0.0.1:4002'", 'two pools of one'],
      ["router --port 80 --host 0.0.0.0 --registry 'static:A-Z=http://h1:4001,http://h2:4001'", 'one pool of two'],
    ],
    isServer: true,
    run: async (values) => {
      const { runRouter } = await import('../../router/main.ts');
      await runRouter(values);
    },
  });
}
