// The registry that never changes: instances named on the command line,
// `static:A-D=http://h:1,http://h:2;E-P=http://h:3`.

import { parseRange, type Range } from '../people/range.ts';
import { messageOf, UserError } from '../runtime/user-error.ts';
import type { Announcement, RegistryWatcher } from './announcement.ts';

/** Reads the specification (with its `static:`). Throws UserError (usage) that names the odd part. */
export function parseStaticRegistry(specification: string): readonly Announcement[] {
  const pools = specification.slice('static:'.length).split(';').filter(Boolean);
  if (pools.length === 0) throw odd(specification, 'it names no instance');
  return pools.flatMap((pool) => {
    const [range, urls, ...rest] = pool.split('=');
    if (!range || !urls || rest.length > 0) throw odd(specification, `"${pool}" is not RANGE=URL,URL`);
    return urls.split(',').map((url) => announce(parseRange(range), url, specification));
  });
}

/** Creates the watcher of a static registry. */
export function createStaticRegistry(specification: string): RegistryWatcher {
  const instances = parseStaticRegistry(specification);
  return {
    watch: (onInstances) => onInstances(instances),
    close: async () => {},
  };
}

function announce(range: Range, text: string, specification: string): Announcement {
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw odd(specification, `"${text}" is not a URL (${messageOf(error)})`);
  }
  if (url.protocol !== 'http:' || url.pathname !== '/' || url.search || url.username) {
    throw odd(specification, `"${text}" is not of the form http://host:port`);
  }
  return { id: url.host, range, dataset: null, epoch: null, url: url.origin, opsUrl: null };
}

function odd(specification: string, why: string): UserError {
  return UserError.usage(
    `registry "${specification}" cannot be read: ${why}; write it like static:A-D=http://127.0.0.1:4001;E-P=http://127.0.0.1:4002`,
  );
}
