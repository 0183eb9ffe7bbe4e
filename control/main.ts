#!/usr/bin/env node
// The bin. It reads the command line, runs one command, and turns whatever is thrown into one line and an exit code.

import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { describeFailure } from './failure.ts';
import { failWith } from './parent.ts';
import { createProgram } from './program.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const program = createProgram(version);

// Who reads our output may stop reading (`| head -1`): no reason to fail.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2; // help or version was shown
  } else {
    const isVerbose = program.commands.some((command) => /^(debug|trace)$/.test(command.opts().logLevel));
    const { line, exitCode } = describeFailure(error, isVerbose);
    failWith(line, exitCode);
  }
}
