// Compiles the sources to dist/ (incrementally: an unchanged tree costs a fraction of a second).
// On an installation without development dependencies (`npm ci --omit=dev`) the built tree is taken as it is.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const compiler = join(root, 'node_modules/typescript/bin/tsc');
const entry = join(root, 'dist/control/main.js');

if (!existsSync(compiler)) {
  if (!existsSync(entry)) fail('build: no compiler and no dist/: run "npm ci" (with development dependencies) once.');
} else {
  const { status, error } = spawnSync(process.execPath, [compiler, '-p', root], { stdio: 'inherit' });
  if (error) fail(`build: the compiler did not start: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
