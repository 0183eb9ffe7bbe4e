// What threads tell the process that started them. Errors cross as plain data, for a clone of an Error loses its code.

import { messageOf, systemCode, UserError, type UserErrorCode } from '../runtime/user-error.ts';
import type { Task, TaskResult } from './task.ts';

/** A failure, ready to cross. */
export type Failure =
  | { readonly kind: 'user'; readonly code: UserErrorCode; readonly message: string }
  | { readonly kind: 'other'; readonly code: string | undefined; readonly message: string };

/** From a thread: people have passed, its task is done, or its task failed. */
export type FromThread =
  | { readonly type: 'people'; readonly count: number }
  | { readonly type: 'done'; readonly result: TaskResult<Task> }
  | { readonly type: 'failed'; readonly failure: Failure };

/** An error as plain data. */
export function toFailure(error: unknown): Failure {
  if (error instanceof UserError) return { kind: 'user', code: error.code, message: error.message };
  return { kind: 'other', code: systemCode(error), message: messageOf(error) };
}

/** The error that a failure was. */
export function toError(failure: Failure): Error {
  if (failure.kind === 'user') return new UserError(failure.code, failure.message);
  return Object.assign(new Error(failure.message), failure.code && { code: failure.code });
}
