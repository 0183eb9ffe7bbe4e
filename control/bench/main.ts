// `npm run bench`: reads the arguments, runs one bench, shows and writes what it found. Whatever goes wrong is one line
// and an exit code, and leaves neither processes nor folders behind.

import { describeFailure } from '../failure.ts';
import { benchProxies } from './bench-proxies.ts';
import { benchScale } from './bench-scale.ts';
import { benchSeed } from './bench-seed.ts';
import { cpuChart } from './cpu-chart.ts';
import { type BenchOptions, HELP, parseOptions } from './options.ts';
import { renderProxies } from './proxies-report.ts';
import { chartFile, resultFile, writeResult } from './result-files.ts';
import { createSay, type Say } from './say.ts';
import { renderScale } from './scale-report.ts';
import { renderSeed } from './seed-result.ts';
import { Workbench } from './workbench.ts';

interface Outcome {
  /** For the JSON file. */
  readonly result: object;
  /** For the terminal. */
  readonly report: string;
  readonly chart: string | null;
}

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
  const { say, close } = createSay(process.stderr);
  const { result, report, chart } = await measure(workbench, { ...options, say }).finally(close);
  process.stdout.write(report);
  const file = resultFile(options, process.version);
  const written = [writeResult(file, `${JSON.stringify(result, null, 2)}\n`)];
  if (chart !== null) written.push(writeResult(chartFile(file), chart));
  process.stdout.write(`  written: ${written.join(', ')}\n`);
}

async function measure(workbench: Workbench, options: BenchOptions & Pick<Say, 'say'>): Promise<Outcome> {
  const style = { isColor: process.stdout.isTTY && process.stdout.hasColors() };
  switch (options.kind) {
    case 'proxies': {
      const result = await benchProxies(workbench, options);
      return { result, report: renderProxies(result, style), chart: cpuChart(result) };
    }
    case 'seed': {
      const result = await benchSeed(workbench, options);
      return { result, report: renderSeed(result, style), chart: null };
    }
    case 'scale': {
      const result = await benchScale(workbench, options);
      return { result, report: renderScale(result, style), chart: null };
    }
  }
}
