// Which core runs what. The load generator has one to itself; the upstream gets a third where there is one, else it
// shares the contender's, for all contenders alike.

import { readFileSync } from 'node:fs';
import { UserError } from '../../runtime/user-error.ts';

export interface Cores {
  readonly contender: number;
  readonly load: number;
  readonly upstream: number;
}

const ALLOWED = /^Cpus_allowed_list:\s*(\S+)$/m;

/** The cores this process may use. Throws UserError where there is no /proc. */
export function allowedCores(): readonly number[] {
  let status: string;
  try {
    status = readFileSync('/proc/self/status', 'utf8');
  } catch {
    throw new UserError(
      'failed',
      'the bench reads CPU times from /proc, which this system lacks: it runs on Linux only',
    );
  }
  return parseCoreList(ALLOWED.exec(status)?.[1] ?? '0');
}

/** Reads a list as the kernel writes it: `0-3,8`. */
export function parseCoreList(text: string): readonly number[] {
  return text.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** Deals cores out. Throws UserError when there is only one: load and contender would measure each other. */
export function planCores([contender, load, upstream]: readonly number[]): Cores {
  if (contender === undefined || load === undefined) {
    throw new UserError('failed', 'the bench needs two cores: one for the load generator, one for who is measured');
  }
  return { contender, load, upstream: upstream ?? contender };
}

/** In words. */
export function describeCores({ contender, load, upstream }: Cores): string {
  const measured =
    contender === upstream
      ? `contender and upstream on core ${contender}`
      : `contender on core ${contender}, upstream on core ${upstream}`;
  return `${measured}, load generator on core ${load}`;
}
