// Reading `dns://people-{range}.example:3000`: one name for each range of the layout, one port for all. Pure.

import type { Layout, Range } from '../people/range.ts';
import { UserError } from '../runtime/user-error.ts';

/** The name under which the instances of a range are found. */
export interface RangeName {
  readonly range: Range;
  readonly name: string;
  readonly port: number;
}

const PLACEHOLDER = '{range}';
const FORM = /^dns:\/\/([^/:?#@]+):(\d{1,5})$/;
const LABEL = '[a-z\\d_](?:[a-z\\d_-]{0,61}[a-z\\d_])?';
const NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*\\.?$`, 'i');

/** The names of all ranges; `{range}` is written in lower case (`a-d`, `s`). Throws UserError (usage). */
export function parseDnsRegistry(registry: string, layout: Layout): readonly RangeName[] {
  const [, pattern = '', port] = FORM.exec(registry) ?? [];
  const nameOf = (range: string): string => pattern.replaceAll(PLACEHOLDER, range.toLowerCase());
  if (!NAME.test(nameOf('a-d')) || !(Number(port) >= 1 && Number(port) <= 65_535))
    throw odd(registry, 'cannot be read');
  if (!pattern.includes(PLACEHOLDER)) throw odd(registry, `does not say where the range goes (${PLACEHOLDER})`);
  return layout.map((range) => ({ range, name: nameOf(range), port: Number(port) }));
}

function odd(registry: string, why: string): UserError {
  return UserError.usage(`registry "${registry}" ${why}; write it like dns://people-${PLACEHOLDER}.example:3000`);
}
