// What a process owes to the one that started it, from its first moment on: it leaves with it, and tells it (rather
// than the terminal) why it could not start, so that a failure of many is said once.

/** Hidden argument of a process whose failures its parent reports. */
export const SUPERVISED = '--supervised';

/** What a supervised process sends before it fails. */
export interface FailureMessage {
  readonly failed: string;
}

/** Whether an IPC message is a FailureMessage. */
export function isFailureMessage(message: unknown): message is FailureMessage {
  return typeof message === 'object' && message !== null && 'failed' in message && typeof message.failed === 'string';
}

/** For processes that serve: a parent that dies before they have installed their shutdown would never be missed. */
export function followParent(): void {
  if (process.send) process.once('disconnect', () => process.exit(1));
}

/** Says in one line why this process ends, to the parent if that one reports it, else on stderr; then ends it. */
export function failWith(line: string, exitCode: number): void {
  if (process.send && process.argv.includes(SUPERVISED)) {
    process.send({ failed: line } satisfies FailureMessage, () => process.exit(exitCode));
  } else {
    process.stderr.write(`zpeople: ${line}\n`, () => process.exit(exitCode));
  }
}
