// The line to the router: server-sent events read by `fetch`, because EventSource cannot show a token. It comes back by
// itself: soon at first, then every few seconds, and at once when the page is looked at again. A line that is silent
// for longer than the router ever is counts as lost.

import { createEventParser, type ParsedEvent } from './event-parser.ts';
import type { TokenKeeper } from './token.ts';

export type LinkState = 'connecting' | 'live' | 'lost';

export interface LinkOptions {
  readonly tokens: TokenKeeper;
  readonly onState: (state: LinkState) => void;
  readonly onEvent: (event: ParsedEvent) => void;
}

const SILENCE_MS = 5_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 4_000;

/** Follows `/events` for ever. */
export async function follow({ tokens, onState, onEvent }: LinkOptions): Promise<never> {
  onState('connecting');
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 1.5, LONGEST_WAIT_MS)) {
    const isRefused = await listen(tokens, (event) => {
      waitMs = FIRST_WAIT_MS;
      onState('live');
      onEvent(event);
    });
    if (isRefused) {
      await tokens.ask('The router did not accept that token.');
      continue;
    }
    onState('lost');
    await untilWorthTrying(waitMs);
  }
}

/** Reads until the line breaks; resolves with whether it was the token that was refused. */
async function listen(tokens: TokenKeeper, onEvent: (event: ParsedEvent) => void): Promise<boolean> {
  const abort = new AbortController();
  let silence: ReturnType<typeof setTimeout> | undefined;
  const expectMore = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => abort.abort(), SILENCE_MS);
  };
  try {
    expectMore();
    const response = await fetch('/events', { headers: tokens.headers(), cache: 'no-store', signal: abort.signal });
    if (response.status === 401) return true;
    if (!response.ok || !response.body) return false;
    const parse = createEventParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      expectMore();
      for (const event of parse(piece.value)) onEvent(event);
    }
  } catch {
    // the router is gone, or the network: what there is to say is said by the state
  } finally {
    clearTimeout(silence);
    abort.abort();
  }
  return false;
}

/** Waits, but not while somebody who just came back is looking. */
function untilWorthTrying(waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, waitMs);
    function done(): void {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', done);
      window.removeEventListener('online', done);
      resolve();
    }
    document.addEventListener('visibilitychange', done);
    window.addEventListener('online', done);
  });
}
