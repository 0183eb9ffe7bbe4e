// `zpeople status`: pools, instances and workers of the running system.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { toCommand } from '../command.ts';
import { STATUS_FLAGS } from '../flags.ts';
import { OpsClient } from '../ops-client.ts';
import { renderStatus } from '../status-table.ts';

const EVERY_MS = 1_000;
const HOME_AND_CLEAR_LINE = '\x1b[H';
const CLEAR_BELOW = '\x1b[J';
const CLEAR_LINE_END = '\x1b[K';

export function statusCommand(): Command {
  return toCommand<typeof STATUS_FLAGS, []>({
    name: 'status',
    summary: 'show pools, instances and workers',
    description:
      'Shows what runs: each pool with its instances and workers (pid, state, age, restarts, requests, in-flight, event ' +
      'loop utilisation, memory). It asks the router, which answers from memory, also while an instance hangs.',
    arguments: [],
    flags: STATUS_FLAGS,
    examples: [
      ['status', 'a table'],
      ['status --watch', 'a table that stays up to date; Ctrl-C ends it'],
      ['status --ops-url http://10.0.0.5:8081 --ops-token "$TOKEN"', 'of another machine'],
      ["status --json | jq '.pools[].instances[].workers[].pid'", 'for programs'],
    ],
    isServer: false,
    run: async ({ opsUrl, opsToken, json, watch }) => {
      const client = new OpsClient(opsUrl, opsToken);
      const { stdout } = process;
      let isRead = true;
      stdout.once('error', () => {
        isRead = false; // its reader has left, as `| head` does
      });
      const show = async (): Promise<string> => {
        const status = await client.status();
        return json
          ? `${JSON.stringify(status)}\n`
          : renderStatus(status, { isColor: stdout.isTTY && stdout.hasColors() });
      };
      if (!watch || json || !stdout.isTTY) {
        stdout.write(await show());
        while (watch && isRead) {
          await sleep(EVERY_MS);
          stdout.write(await show());
        }
        return;
      }
      stdout.write('\x1b[2J');
      for (;;) {
        const text = await show().catch((error: Error) => `${error.message}\n`);
        stdout.write(HOME_AND_CLEAR_LINE + text.replaceAll('\n', `${CLEAR_LINE_END}\n`) + CLEAR_BELOW);
        await sleep(EVERY_MS);
      }
    },
  });
}
