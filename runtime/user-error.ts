// Errors meant for people: one line, no stack trace, and an exit code (1 failed, 2 usage).

/** What kind of failure it is; callers branch on this, never on the message. */
export type UserErrorCode = 'usage' | 'data' | 'data-missing' | 'address' | 'unreachable' | 'failed';

/** An error whose message says what is wrong, which value, and what to do. */
export class UserError extends Error {
  readonly code: UserErrorCode;

  constructor(code: UserErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UserError';
    this.code = code;
  }

  get exitCode(): 1 | 2 {
    return this.code === 'usage' ? 2 : 1;
  }

  static usage(message: string): UserError {
    return new UserError('usage', message);
  }
}

/** The `code` of a system error (`ENOENT`, `EADDRINUSE` …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ');
}
