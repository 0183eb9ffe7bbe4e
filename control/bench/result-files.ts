// Where results go. A whole bench replaces the files in docs/bench/ that the README shows; a trial (quick, or of some
// contenders only) goes beside them under a name that git ignores.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, UserError } from '../../runtime/user-error.ts';
import type { BenchOptions } from './options.ts';

const DOCS = fileURLToPath(new URL('../../../docs/bench/', import.meta.url));

/** The JSON file of a bench under a Node version, `v20.20.2`. */
export function resultFile({ json, kind, isQuick, only }: BenchOptions, node: string): string {
  if (json !== null) return resolve(json);
  const name = `${kind}-node${Number.parseInt(node.slice(1), 10)}.json`;
  return join(DOCS, isQuick || only ? `trial-${name}` : name);
}

/** The chart's file, beside the JSON. */
export function chartFile(json: string): string {
  return `${json.replace(/\.json$/, '')}.svg`;
}

/** Writes a file and returns its name as seen from here. Throws UserError. */
export function writeResult(file: string, text: string): string {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new UserError('failed', `the result cannot be written: ${messageOf(error)}`);
  }
  return relative(process.cwd(), file);
}
