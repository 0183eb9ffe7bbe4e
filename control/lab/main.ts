#!/usr/bin/env node
// `npm run lab`: lists the labs, or runs one. On a terminal or in a file it tells a story; with --json, stdout is one
// object and the story goes to stderr.

import { Argument, Command, CommanderError, Option } from 'commander';
import { UserError } from '../../runtime/user-error.ts';
import { withHouseRules } from '../command.ts';
import { describeFailure } from '../failure.ts';
import { takeInterrupts } from '../interrupt.ts';
import { milliseconds } from '../load/figures.ts';
import { failWith } from '../parent.ts';
import { LABS } from './labs.ts';
import { renderIntroduction, renderList, renderRun } from './render-lab.ts';
import { runLab } from './run-lab.ts';

interface Flags {
  readonly json?: true;
  readonly quick?: true;
}

/** With `--quick`: enough to see that it runs; the figures say little. */
const QUICK = 0.2;

const command = withHouseRules(
  new Command('npm run lab --')
    .description(
      'Experiments of the book Node.js Design Patterns (3rd edition, chapter 12), repeated against this system.',
    )
    .usage('[name] [flags]')
    .addArgument(new Argument('[name]', 'one of the labs; none lists them'))
    .addOption(new Option('--json', 'one JSON object on stdout, for programs'))
    .addOption(new Option('--quick', 'a fifth of the time, to see that it runs; its figures say little').hideHelp()),
  'npm run lab --',
).action(runCommand);

try {
  await command.parseAsync();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? 0 : 2; // help was shown
  else {
    const { line, exitCode } = describeFailure(error, true);
    failWith(line, exitCode);
  }
}

async function runCommand(name: string | undefined, { json, quick }: Flags): Promise<void> {
  const { stdout, stderr } = process;
  if (name === undefined) {
    stdout.write(json ? `${JSON.stringify(LABS.map(({ name, summary }) => ({ name, summary })))}\n` : renderList(LABS));
    return;
  }
  const lab = LABS.find((candidate) => candidate.name === name);
  if (!lab) throw UserError.usage(`"${name}" is no lab; there are ${LABS.map((each) => each.name).join(', ')}`);

  const story = json ? stderr : stdout;
  const isColor = story.isTTY && story.hasColors();
  story.write(renderIntroduction(lab, { isColor }));
  const startedAt = performance.now();
  const say = (line: string): void => {
    story.write(`  ${milliseconds(performance.now() - startedAt).padStart(8)}  ${line}\n`);
  };
  const { signal, release } = takeInterrupts();
  const run = await runLab(lab, { signal, scale: quick ? QUICK : 1, say });
  release();
  stdout.write(json ? `${JSON.stringify(run)}\n` : renderRun(run, { isColor }));
}
