// `zpeople load`: a skewed, bounded load, and what came of it.

import type { Command } from 'commander';
import { parseRange } from '../../people/range.ts';
import { UserError } from '../../runtime/user-error.ts';
import { toCommand } from '../command.ts';
import { LOAD_FLAGS } from '../flags.ts';
import { takeInterrupts } from '../interrupt.ts';

export function loadCommand(): Command {
  return toCommand<typeof LOAD_FLAGS, []>({
    name: 'load',
    summary: 'make requests, all letters alike or most to one range, and report',
    description:
      'Asks for pages of people for a while and reports rates, latencies, statuses, failures, and which workers ' +
      'answered. With --hot or --letter, 80 % of the requests go there. With --rate, requests are due at fixed times and ' +
      'latency counts from then, so that a stall shows in every request that waited for it; without, each connection ' +
      'sends its next when it is answered. Ctrl-C ends it early, with the report of what was done. Load only what is ' +
      'yours.',
    arguments: [],
    flags: LOAD_FLAGS,
    examples: [
      ['load', 'ten seconds, ten connections, all letters alike'],
      ['load --hot E-P --no-cache', 'a hot range, each request answered by a shard'],
      ['load --letter S --rate 500 --connections 50', '500 requests/s, most of them for S'],
      ['load --json | jq .latencyMs.p99', 'for programs'],
    ],
    isServer: false,
    run: async ({ url, hot, letter, rate, connections, durationMs, noCache, json }) => {
      if (hot !== null && letter !== null) throw UserError.usage('--hot and --letter exclude each other; give one');
      const [{ findServer }, { showLive }, { measureLoad }, { renderReport }, { Tally }] = await Promise.all([
        import('../load/find-server.ts'),
        import('../load/live.ts'),
        import('../load/measure.ts'),
        import('../load/report.ts'),
        import('../load/tally.ts'),
      ]);
      await findServer(url);
      const { stdout, stderr } = process;
      const tally = new Tally();
      const { signal, release } = takeInterrupts();
      const endLive = showLive(stderr, durationMs, (elapsedMs) => tally.summary(elapsedMs));
      const report = await measureLoad(
        {
          ...{ url, rate, connections, durationMs },
          hot: letter === null ? hot : parseRange(letter),
          isFresh: noCache,
        },
        { signal, tally },
      ).finally(endLive);
      release();
      const isColor = stdout.isTTY && stdout.hasColors();
      stdout.write(json ? `${JSON.stringify(report)}\n` : renderReport(report, { isColor }));
      if (report.answered === 0) throw new UserError('unreachable', `${url} answered nothing`);
    },
  });
}
