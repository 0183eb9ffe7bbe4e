// The registry that never changes: instances named on the command line,
// `static:A-D=http://h:1,http://h:2;E-P=http://h:3`.

import { parseRange, rangesOverlap } from '../people/range.ts';
import { messageOf, UserError } from '../runtime/user-error.ts';
import { type Announcement, parseInstanceUrl, type RegistryWatcher } from './announcement.ts';

/** Reads the specification (with its `static:`). Throws UserError (usage) that names the odd part. */
export function parseStaticRegistry(specification: string): readonly Announcement[] {
  const pools = specification.slice('static:'.length).split(';').filter(Boolean);
  if (pools.length === 0) throw odd(specification, 'it names no instance');
  const instances = pools.flatMap((pool) => {
    const [range, urls, ...rest] = pool.split('=');
    if (!range || !urls || rest.length > 0) throw odd(specification, `"${pool}" is not RANGE=URL,URL`);
    try {
      return urls.split(',').map((text) => {
        const url = parseInstanceUrl(text);
        return { id: new URL(url).host, range: parseRange(range), dataset: null, epoch: null, url, opsUrl: null };
      });
    } catch (error) {
      throw odd(specification, messageOf(error));
    }
  });
  checkConflicts(specification, instances);
  return instances;
}

/** Creates the watcher of a static registry. */
export function createStaticRegistry(specification: string): RegistryWatcher {
  const instances = parseStaticRegistry(specification);
  return {
    watch: (onInstances) => onInstances(instances),
    close: async () => {},
  };
}

function checkConflicts(specification: string, instances: readonly Announcement[]): void {
  for (const [i, a] of instances.entries()) {
    for (const b of instances.slice(i + 1)) {
      if (a.url === b.url) throw odd(specification, `${a.url} is named twice`);
      if (a.range !== b.range && rangesOverlap(a.range, b.range)) {
        throw odd(specification, `ranges ${a.range} and ${b.range} overlap`);
      }
    }
  }
}

function odd(specification: string, why: string): UserError {
  return UserError.usage(
    `registry "${specification}" cannot be read: ${why}; write it like static:A-D=http://127.0.0.1:4001;E-P=http://127.0.0.1:4002`,
  );
}
