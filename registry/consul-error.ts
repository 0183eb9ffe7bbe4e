// A call to Consul that failed, whatever of the package it failed in: no answer, a refusal, or an answer that is none.

import type { IncomingMessage } from 'node:http';
import { messageOf } from '../runtime/user-error.ts';
import type { Failure } from './consul-pace.ts';

/** A call that failed: no answer (`status` null), or one that is not what was asked for. */
export class ConsulError extends Error implements Failure {
  readonly status: number | null;
  readonly retryAfterMs: number | null;

  constructor(message: string, { status, retryAfterMs }: Failure, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConsulError';
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The failure of an answer that came, but is not what was asked for. */
export function invalidAnswer(response: IncomingMessage, why: string): ConsulError {
  const status = response.statusCode ?? null;
  return new ConsulError(`it answered ${status} with ${why}`, { status, retryAfterMs: null });
}

/** What the package threw as a ConsulError; papi puts the response on errors that came of one. */
export function toConsulError(error: unknown): ConsulError {
  if (error instanceof ConsulError) return error;
  const { response, isResponse } = error as { readonly response?: IncomingMessage; readonly isResponse?: boolean };
  if (!response) return new ConsulError(messageOf(error), { status: null, retryAfterMs: null }, { cause: error });
  const status = response.statusCode ?? null;
  const seconds = Number(response.headers['retry-after'] ?? Number.NaN);
  const failure = { status, retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : null };
  return new ConsulError(isResponse ? `it answered ${status}${said(response)}` : messageOf(error), failure);
}

/** What a refusal says of itself: a line of text in its body. */
function said(response: IncomingMessage): string {
  const text = String((response as { readonly body?: unknown }).body ?? '').trim();
  return text === '' || text.startsWith('<') ? '' : `: ${text.split('\n', 1)[0]?.slice(0, 200)}`;
}
