// Which registry a `--registry` value means.

import type { Layout } from '../people/range.ts';
import type { Logger } from '../runtime/log.ts';
import { UserError } from '../runtime/user-error.ts';
import { parseInstanceUrl, type RegistryAnnouncer, type RegistryWatcher } from './announcement.ts';
import { createHttpAnnouncer, createHttpWatcher } from './http-registry.ts';
import { createStaticRegistry } from './static-registry.ts';

export interface RegistryOptions {
  /** `http://HOST:PORT` · `static:…`; a router also takes `embedded`, which its owner creates. */
  readonly registry: string;
  readonly token: string | null;
  readonly log: Logger;
  /** The ranges, where a registry cannot know them (dns). */
  readonly layout?: Layout | null;
}

/** Opens a registry for a router to watch. Throws UserError (usage). */
export function openWatcher({ registry, token, log }: RegistryOptions): RegistryWatcher {
  if (registry.startsWith('static:')) return createStaticRegistry(registry);
  if (registry.startsWith('http://')) return createHttpWatcher({ url: parseInstanceUrl(registry), token, log });
  throw unknown(registry, 'embedded, http://HOST:PORT or static:RANGE=URL,URL;RANGE=URL');
}

/** Opens a registry for an instance to announce itself in. Throws UserError (usage). */
export function openAnnouncer({ registry, token, log }: RegistryOptions): RegistryAnnouncer {
  if (registry.startsWith('static:')) return { announce: () => {}, withdraw: async () => false };
  if (registry.startsWith('http://')) return createHttpAnnouncer({ url: parseInstanceUrl(registry), token, log });
  throw unknown(registry, 'http://HOST:PORT');
}

function unknown(registry: string, allowed: string): UserError {
  return UserError.usage(`registry "${registry}" is of no known kind; allowed: ${allowed}`);
}
