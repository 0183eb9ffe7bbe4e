// Folders of a test that go away with it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Creates an empty folder; `remove` deletes it with all that is in it. */
export async function createFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'zpeople-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Creates an empty folder that is deleted when the running test is over. */
export async function temporaryFolder(): Promise<string> {
  const { path, remove } = await createFolder();
  onTestFinished(remove);
  return path;
}
