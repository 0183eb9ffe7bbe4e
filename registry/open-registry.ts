// Which registry a `--registry` value means.

import type { Layout } from '../people/range.ts';
import type { Logger } from '../runtime/log.ts';
import { UserError } from '../runtime/user-error.ts';
import { parseInstanceUrl, type RegistryAnnouncer, type RegistryWatcher } from './announcement.ts';
import { createConsulAnnouncer } from './consul-announcer.ts';
import { createConsulWatcher } from './consul-watcher.ts';
import { createDnsWatcher } from './dns-watcher.ts';
import { createHttpAnnouncer, createHttpWatcher } from './http-registry.ts';
import { createStaticRegistry } from './static-registry.ts';

export interface RegistryOptions {
  /** `http://HOST:PORT` · `consul://HOST:PORT` · `dns://…{range}…:PORT` · `static:…`; not `embedded`, which its owner creates. */
  readonly registry: string;
  readonly token: string | null;
  /** The ranges, for a registry that cannot know them (dns). */
  readonly layout?: Layout | null;
  readonly log: Logger;
}

/** Where instances are found by others' means: nothing to announce, nobody who would hear a withdrawal. */
const NOWHERE: RegistryAnnouncer = { announce: () => {}, withdraw: async () => false };

/** Opens a registry for a router to watch. Throws UserError (usage). */
export function openWatcher({ registry, token, layout = null, log }: RegistryOptions): RegistryWatcher {
  switch (schemeOf(registry)) {
    case 'static':
      return createStaticRegistry(registry);
    case 'http':
      return createHttpWatcher({ url: parseInstanceUrl(registry), token, log });
    case 'consul':
      return createConsulWatcher({ registry, log });
    case 'dns':
      if (!layout) throw UserError.usage(`registry "${registry}" needs --shards: DNS knows no ranges`);
      return createDnsWatcher({ registry, layout, log });
    default:
      throw unknown(
        registry,
        'embedded, http://HOST:PORT, consul://HOST:PORT, dns://people-{range}.example:PORT or static:RANGE=URL,URL;RANGE=URL',
      );
  }
}

/** Opens a registry for an instance to announce itself in. Throws UserError (usage). */
export function openAnnouncer({ registry, token, log }: RegistryOptions): RegistryAnnouncer {
  switch (schemeOf(registry)) {
    case 'static':
    case 'dns':
      return NOWHERE;
    case 'http':
      return createHttpAnnouncer({ url: parseInstanceUrl(registry), token, log });
    case 'consul':
      return createConsulAnnouncer({ registry, log });
    default:
      throw unknown(registry, 'http://HOST:PORT, consul://HOST:PORT, dns://… or static:…');
  }
}

function schemeOf(registry: string): string {
  return registry.slice(0, Math.max(0, registry.indexOf(':')));
}

function unknown(registry: string, allowed: string): UserError {
  return UserError.usage(`registry "${registry}" is of no known kind; allowed: ${allowed}`);
}
