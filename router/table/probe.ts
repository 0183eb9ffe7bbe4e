// Asking an instance how it is: one GET of `<url>/readyz` (DESIGN §7).

import { request } from 'node:http';
import { upstreamTarget } from '../upstream/upstream.ts';

/** What an instance says of itself; all but `kind` only as far as it says it. */
export type ProbeResult =
  | { readonly kind: 'ready'; readonly facts: ProbeFacts }
  | { readonly kind: 'draining' }
  /** `isTimeout`: no answer in time, as opposed to a wrong or refused one. */
  | { readonly kind: 'failed'; readonly why: string; readonly isTimeout: boolean };

export interface ProbeFacts {
  readonly id: string | null;
  readonly dataset: string | null;
  readonly epoch: number | null;
  readonly opsUrl: string | null;
}

const BODY_LIMIT = 64 * 1024;

/** Probes once, on a connection of its own; never throws. */
export function probe(url: string, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const { hostname, port } = upstreamTarget(url);
    const asked = request({ hostname, port, path: '/readyz', agent: false, signal: AbortSignal.timeout(timeoutMs) });
    const fail = (why: string, isTimeout: boolean): void => resolve({ kind: 'failed', why, isTimeout });
    asked.on('error', (error) => fail(error.message, error.name === 'TimeoutError' || error.name === 'AbortError'));
    asked.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > BODY_LIMIT) asked.destroy(new Error('its answer is too large'));
      });
      answer.on('error', (error) => fail(error.message, false));
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve({ kind: 'ready', facts: factsOf(text) });
        else if (answer.statusCode === 503) resolve({ kind: 'draining' });
        else fail(`it answered ${answer.statusCode}`, false);
      });
    });
    asked.end();
  });
}

function factsOf(text: string): ProbeFacts {
  let value: Record<string, unknown> = {};
  try {
    value = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // an instance of another make: it is ready, and says no more
  }
  const string = (field: unknown): string | null => (typeof field === 'string' ? field : null);
  return {
    id: string(value.id),
    dataset: string(value.dataset),
    epoch: typeof value.epoch === 'number' ? value.epoch : null,
    opsUrl: string(value.opsUrl),
  };
}
