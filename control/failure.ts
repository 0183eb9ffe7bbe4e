// Anything thrown → one line for people and an exit code. Errors that were written for people are taken as they are;
// anything else is a fault of ours: its message on one line, the stack only for who asked for it.

import { messageOf, UserError } from '../runtime/user-error.ts';

export interface Failure {
  readonly line: string;
  /** 1 failed, 2 usage. */
  readonly exitCode: 1 | 2;
}

/** Describes what was thrown; `hasStack` adds the stack of unexpected errors. */
export function describeFailure(error: unknown, hasStack: boolean): Failure {
  if (error instanceof UserError) return { line: messageOf(error), exitCode: error.exitCode };
  if (hasStack && error instanceof Error && error.stack) return { line: error.stack, exitCode: 1 };
  return { line: `unexpected error: ${messageOf(error)} (its stack: --log-level debug)`, exitCode: 1 };
}
