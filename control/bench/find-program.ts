// Programs of this machine that a bench may use, with their versions.

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

export interface FoundProgram {
  readonly path: string;
  /** `1.22.1`, or empty when it does not say. */
  readonly version: string;
}

/** Debian keeps servers where only root looks. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin', '/usr/local/sbin'];
const VERSION = /\d+\.\d+(?:\.\d+)?/;

/** Looks a program up; null when it is not installed. `versionFlag` makes it tell its version. */
export function findProgram(name: string, versionFlag: string): FoundProgram | null {
  const folders = [...(process.env.PATH ?? '').split(':').filter(Boolean), ...SYSTEM_FOLDERS];
  const path = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (!path) return null;
  const { stdout = '', stderr = '' } = spawnSync(path, [versionFlag], { encoding: 'utf8', timeout: 5_000 });
  return { path, version: VERSION.exec(`${stdout}${stderr}`)?.[0] ?? '' };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
