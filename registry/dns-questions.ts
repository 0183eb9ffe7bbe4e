// Asking for the addresses of a name. DNS is asked directly, so that no cache and no lost packet of the system stands
// between us and a change; only a name that DNS says does not exist is looked up the system's way, for the hosts file
// and the search domains of short names (as in a Kubernetes pod), which direct questions do not see.

import { lookup, Resolver } from 'node:dns/promises';
import { messageOf, systemCode } from '../runtime/user-error.ts';
import type { DnsAnswer } from './dns-answers.ts';

/** Where names are resolved. */
export interface NameSource {
  /** Both questions at once; never throws. */
  ask(name: string): Promise<{ readonly v4: DnsAnswer; readonly v6: DnsAnswer }>;
  /** Ends the questions under way. */
  cancel(): void;
}

/** The way of the system: all addresses of a name; rejects like `lookup` of node:dns. */
export type SystemLookup = (name: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

const QUESTION_TIMEOUT_MS = 1_000;
const NO_SUCH_NAME = 'ENOTFOUND';
const NO_SUCH_RECORD = 'ENODATA';

/** Names as this machine resolves them. */
export function createNameSource(
  resolver = new Resolver({ timeout: QUESTION_TIMEOUT_MS, tries: 1 }), // the next round is the second try
  systemLookup: SystemLookup = (name) => lookup(name, { all: true }),
): NameSource {
  const lookups = new Map<string, ReturnType<SystemLookup>>();
  /** One at a time for each name: a lookup blocks a thread, and cannot be cancelled. */
  const lookUp = async (name: string, family: 4 | 6, signal: AbortSignal): Promise<readonly string[]> => {
    const underWay = lookups.get(name) ?? systemLookup(name).finally(() => lookups.delete(name));
    lookups.set(name, underWay);
    const found = await Promise.race([underWay, rejectionOf(signal)]);
    return found.filter((entry) => entry.family === family).map(({ address }) => address);
  };
  let stop = new AbortController();
  return {
    async ask(name) {
      const [v4, v6] = await Promise.all([answerOf(resolver.resolve4(name)), answerOf(resolver.resolve6(name))]);
      if (!isEmpty(v4) || !isEmpty(v6)) return { v4, v6 };
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(QUESTION_TIMEOUT_MS)]);
      const [system4, system6] = await Promise.all(
        ([4, 6] as const).map((family) => answerOf(lookUp(name, family, signal))),
      );
      return { v4: system4!, v6: system6! };
    },
    cancel: () => {
      stop.abort();
      stop = new AbortController();
      resolver.cancel();
    },
  };
}

async function answerOf(question: Promise<readonly string[]>): Promise<DnsAnswer> {
  try {
    return { kind: 'known', addresses: await question };
  } catch (error) {
    const code = systemCode(error);
    if (code === NO_SUCH_NAME || code === NO_SUCH_RECORD) return { kind: 'known', addresses: [] };
    return { kind: 'failed', why: code ?? messageOf(error) };
  }
}

function isEmpty(answer: DnsAnswer): boolean {
  return answer.kind === 'known' && answer.addresses.length === 0;
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
