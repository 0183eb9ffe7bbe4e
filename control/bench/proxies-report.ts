// The bench of proxies for a terminal. Pure: result in, text out.

import { styleText } from 'node:util';
import { busyWarning } from './machine.ts';
import { cpuRatio, type Figures, type ProxiesResult } from './proxies-result.ts';
import { figure, percent, textTable } from './text-table.ts';

type Paint = (style: 'bold' | 'dim' | 'green' | 'red', text: string) => string;

const HEADINGS = ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', '±', '× nginx cache', '× raw node', 'core', 'MB'];
const IS_FIGURE = HEADINGS.map((_, column) => column > 0);

/** Renders it, with a last newline. */
export function renderProxies(result: ProxiesResult, { isColor }: { readonly isColor: boolean }): string {
  const paint: Paint = (style, text) => (isColor ? styleText(style, text, { validateStream: false }) : text);
  const { figures, missing, targets } = result;
  const [head = '', ...lines] = textTable(HEADINGS, figures.map(rowOf(figures)), IS_FIGURE);
  const table = lines.map((line, i) => (figures[i]!.isOurs ? paint('bold', line) : line));
  const notes = [
    ...missing.map(({ title, why }) => paint('red', `MISSING  ${title}: ${why}`)),
    ...figures.filter(({ errors }) => errors > 0).map((one) => paint('red', `ERRORS   ${one.title}: ${one.errors}`)),
  ];
  const verdicts = targets.map(({ text, ratio, isMet }) => {
    const mark = isMet === null ? '  ' : isMet ? paint('green', '✓ ') : paint('red', '✗ ');
    return `${mark}${figure(ratio)}×  ${text}`;
  });
  const paragraphs = [
    introduction(result).map((line) => paint('dim', line)),
    [paint('dim', head), ...table],
    notes,
    verdicts,
  ];
  return `\n${paragraphs
    .filter((paragraph) => paragraph.length > 0)
    .map((paragraph) => paragraph.map((line) => `  ${line}\n`).join(''))
    .join('\n')}\n`;
}

function introduction({
  machine,
  cores,
  load,
  page,
  rounds,
  secondsPerRound,
  versions,
  figures,
}: ProxiesResult): string[] {
  const streams = figures.find(({ name }) => name === 'ndjson');
  const warning = busyWarning(machine);
  return [
    `Node ${machine.node}${versions.map((version) => ` · ${version}`).join('')}`,
    `${machine.cpu}, ${machine.cores} cores: ${cores}`,
    `${load} · letter ${page.letter}: ${page.people} people, ${figure(page.bytes / 1_000)} kB · 64 connections${
      streams ? `, NDJSON ${streams.connections}` : ''
    }`,
    `medians of ${rounds} interleaved rounds of ${secondsPerRound} s each; CPU and memory are the contender’s alone`,
    ...(warning ? [`NOTE: ${warning}`] : []),
  ];
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
