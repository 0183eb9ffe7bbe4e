// The bench of proxies for a terminal. Pure: result in, text out.

import { CONNECTIONS } from './contender.ts';
import { cpuRatio, type Figures, type ProxiesResult } from './proxies-result.ts';
import { createPaint, machineLines, renderReport, targetLines } from './report.ts';
import { figure, percent, textTable } from './text-table.ts';

const HEADINGS = ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', '±', '× nginx cache', '× raw node', 'core', 'MB'];

/** Renders it, with a last newline. */
export function renderProxies(result: ProxiesResult, { isColor }: { readonly isColor: boolean }): string {
  const paint = createPaint(isColor);
  const { figures, missing, targets } = result;
  const [head = '', ...lines] = textTable(HEADINGS, figures.map(rowOf(figures)), 1);
  const table = lines.map((line, i) => (figures[i]!.isOurs ? paint('bold', line) : line));
  const notes = [
    ...missing.map(({ title, why }) => `MISSING  ${title}: ${why}`),
    ...figures.filter(({ errors }) => errors > 0).map(({ title, errors }) => `ERRORS   ${title}: ${errors}`),
  ];
  return renderReport([
    introduction(result).map((line) => paint('dim', line)),
    [head, ...table],
    notes.map((line) => paint('red', line)),
    targetLines(targets, paint),
  ]);
}

function introduction(result: ProxiesResult): readonly string[] {
  const { machine, cores, load, page, rounds, secondsPerRound, versions, figures } = result;
  const streams = figures.find(({ name }) => name === 'ndjson');
  const connections = `${CONNECTIONS} connections${streams ? `, NDJSON ${streams.connections}` : ''}`;
  return machineLines(machine, [
    cores,
    [load, connections, ...versions].join(' · '),
    `letter ${page.letter}: ${page.people} people, ${figure(page.bytes / 1_000)} kB`,
    `medians of ${rounds} interleaved rounds of ${secondsPerRound} s each; CPU and memory are the contender’s alone`,
  ]);
}

function rowOf(figures: readonly Figures[]): (one: Figures) => readonly string[] {
  const ratio = (one: Figures, by: 'nginx-cache' | 'raw'): string => {
    const value = cpuRatio(figures, one.name, by);
    return value === null ? '-' : value.toFixed(2);
  };
  return (one) => [
    one.title,
    figure(one.requestsPerS),
    one.p50Ms.toFixed(2),
    one.p99Ms.toFixed(2),
    figure(one.cpuUs),
    percent(one.cpuSpread),
    ratio(one, 'nginx-cache'),
    ratio(one, 'raw'),
    percent(one.busy),
    Math.round(one.rssMb).toString(),
  ];
}
