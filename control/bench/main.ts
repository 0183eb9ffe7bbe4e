// `npm run bench`: reads the arguments, runs one bench, shows and writes what it found. Whatever goes wrong is one line
// and an exit code, and leaves neither processes nor folders behind.

import { describeFailure } from '../failure.ts';
import { cpuChart } from './cpu-chart.ts';
import { type BenchOptions, HELP, parseOptions } from './options.ts';
import { renderProxies } from './proxies-report.ts';
import { chartFile, resultFile, writeResult } from './result-files.ts';
import { createSay } from './say.ts';
import { Workbench } from './workbench.ts';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.isHelp) process.stdout.write(HELP);
  else await runBench(options);
} catch (error) {
  const { line, exitCode } = describeFailure(error, false);
  process.stderr.write(`bench: ${line}\n`);
  process.exitCode = exitCode;
}
process.exit();

async function runBench(options: BenchOptions): Promise<void> {
  const workbench = new Workbench();
  const say = createSay(process.stderr);
  const isColor = process.stdout.isTTY && process.stdout.hasColors();
  const file = resultFile(options, process.version);
  const written: string[] = [];
  switch (options.kind) {
    case 'proxies': {
      const { benchProxies } = await import('./bench-proxies.ts');
      const result = await benchProxies(workbench, { ...options, say: say.say }).finally(say.close);
      process.stdout.write(renderProxies(result, { isColor }));
      written.push(
        writeResult(file, `${JSON.stringify(result, null, 2)}\n`),
        writeResult(chartFile(file), cpuChart(result)),
      );
    }
  }
  process.stdout.write(`  written: ${written.join(', ')}\n`);
}
