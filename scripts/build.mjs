// Compiles the sources to dist/ (incrementally: an unchanged tree costs a fraction of a second), the console's for the
// browser, and puts beside them the files that are served as they are.
// On an installation without development dependencies (`npm ci --omit=dev`) the built tree is taken as it is.
import { spawn } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const compiler = join(root, 'node_modules/typescript/bin/tsc');
const entry = join(root, 'dist/control/main.js');
const projects = ['.', 'router/console'];
const served = { folders: ['router/console', 'runtime'], kinds: ['.html', '.css', '.svg', '.yaml'] };

if (existsSync(compiler)) {
  for (const folder of served.folders) copy(folder);
  const exitCodes = await Promise.all(projects.map(compile));
  process.exit(exitCodes.find((code) => code !== 0) ?? 0);
}
if (!existsSync(entry)) {
  fail('build: no compiler and no dist/: run "npm ci" (with development dependencies) once.');
}

function compile(project) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [compiler, '-p', join(root, project)], { stdio: 'inherit' });
    child.once('error', (error) => fail(`build: the compiler did not start: ${error.message}`));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function copy(folder) {
  cpSync(join(root, folder), join(root, 'dist', folder), {
    recursive: true,
    filter: (path) => extname(path) === '' || served.kinds.includes(extname(path)),
  });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
