// The command line as a whole. To add a command, write its file in commands/ and name it here.

import { Command } from 'commander';
import { UserError } from '../runtime/user-error.ts';
import { withHouseRules } from './command.ts';
import { loadCommand } from './commands/load.ts';
import { reloadCommand } from './commands/reload.ts';
import { routerCommand } from './commands/router.ts';
import { scaleCommand } from './commands/scale.ts';
import { seedCommand } from './commands/seed.ts';
import { shardCommand } from './commands/shard.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';

/** Creates the program; `parseAsync` runs a command, throwing UserError or what the command throws. */
export function createProgram(version: string): Command {
  const program = new Command('zpeople')
    .description('A people API sharded by the first letter of the first name, behind one endpoint.')
    .usage('<command> [flags]')
    .version(version, '-V, --version', 'show the version')
    .helpCommand(false)
    .addHelpText(
      'after',
      `
Start here:
  $ zpeople start                                          # seeds once, then serves http://127.0.0.1:8080
  $ curl http://127.0.0.1:8080/api/people/byFirstName/J    # people whose first name starts with J

Each flag may also be set as ZPEOPLE_<FLAG>; a flag goes before its variable, the variable before the default.
Exit codes: 0 done, 1 failed, 2 wrong usage.`,
    );
  const commands = [
    ...[startCommand(), seedCommand(), statusCommand(), scaleCommand(), reloadCommand(), loadCommand()],
    ...[shardCommand(), routerCommand(), helpCommand(program)],
  ];
  for (const command of commands) program.addCommand(command);
  return withHouseRules(program, 'zpeople');
}

/** Commander's own answers an unknown name with the whole help. */
function helpCommand(program: Command): Command {
  const help = new Command('help').summary('show the help of a command').argument('[command]');
  help.action((name: string | undefined) => {
    const command = name === undefined ? program : program.commands.find((candidate) => candidate.name() === name);
    if (!command) throw UserError.usage(`unknown command '${name}'; see "zpeople --help"`);
    command.help();
  });
  return withHouseRules(help, 'zpeople help');
}
