// What `zpeople load` says at the end, as text. Pure: facts in, text out.

import { styleText } from 'node:util';
import { bar, humanBytes } from '../../seed/picture.ts';
import { columns } from '../columns.ts';
import { grouped, milliseconds, percent } from './figures.ts';
import type { LoadSummary } from './tally.ts';

/** What was asked for, and what came of it; `--json` prints it as it is. */
export interface LoadReport extends LoadSummary {
  readonly url: string;
  /** The range or letter that most requests went to; null: none. */
  readonly hot: string | null;
  /** Requests due per second; null: each connection sent when it was free. */
  readonly rate: number | null;
  readonly connections: number;
  /** How long requests were sent; ended early, less than asked for. */
  readonly durationS: number;
  /** Whether every request went past the router's cache. */
  readonly isFresh: boolean;
}

const BAR_WIDTH = 20;
const CACHE_WORDS = {
  hit: 'hit',
  miss: 'miss',
  collapsed: 'shared a miss',
  request: 'past the cache',
  bypass: 'cache is off',
} as const;

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green';

/** Renders a report, with a last newline. */
export function renderReport(report: LoadReport, { isColor }: { readonly isColor: boolean }): string {
  const paint = (style: Style, text: string): string =>
    isColor ? styleText(style, text, { validateStream: false }) : text;
  const label = (name: string): string => paint('dim', name.padEnd(9));
  const blocks = [
    [`${paint('bold', report.url)}  ${paint('dim', conditions(report))}`],
    [
      `${label('answers')} ${rates(report)}`,
      `${label('latency')} ${latency(report)}`,
      `${label('status')} ${list(report.statuses, report.answered)}`,
      `${label('cache')} ${cache(report)}`,
      `${label('failed')} ${paint(report.failed > 0 ? 'red' : 'green', failures(report))}`,
      ...late(report).map((line) => `${label('late')} ${paint('yellow', line)}`),
    ],
    headed(rangeRows(report), (heading) => paint('dim', heading)),
    headed(workerRows(report), (heading) => paint('dim', heading)),
  ];
  const texts = blocks.filter((block) => block.length > 0).map((block) => block.map((line) => `  ${line}\n`).join(''));
  return `\n${texts.join('\n')}\n`;
}

function conditions({ durationS, connections, rate, hot, isFresh }: LoadReport): string {
  const facts = [
    `${durationS.toFixed(1)} s`,
    `${grouped(connections)} ${connections === 1 ? 'connection' : 'connections'}`,
    rate === null ? 'as fast as they are answered' : `${grouped(rate)}/s due`,
    hot === null ? 'all letters alike' : `most to ${hot}`,
    ...(isFresh ? ['past the cache'] : []),
  ];
  return facts.join(' · ');
}

function rates({ answered, perSecond: { mean, min, max }, bytes }: LoadReport): string {
  return `${grouped(answered)}   ${grouped(mean)}/s (${grouped(min)} to ${grouped(max)})   ${humanBytes(bytes)}`;
}

function latency({ latencyMs }: LoadReport): string {
  const names = ['p50', 'p90', 'p99', 'max'] as const;
  return names.map((name) => `${name} ${milliseconds(latencyMs[name])}`).join('   ');
}

function list(counts: Readonly<Record<string, number>>, all: number): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name}: ${grouped(count)} (${percent(count / all)})`);
  return parts.join('   ') || '-';
}

function cache({ cache, answered }: LoadReport): string {
  const named = Object.entries(cache).map(([outcome, count]) => [
    CACHE_WORDS[outcome as keyof typeof CACHE_WORDS],
    count,
  ]);
  return list(Object.fromEntries(named), answered);
}

function failures({ failed, failures }: LoadReport): string {
  const reasons = Object.entries(failures).map(([reason, count]) => `${reason}: ${grouped(count)}`);
  return failed === 0 ? '0' : `${grouped(failed)}   ${reasons.join('   ')}`;
}

function late({ unfinished, unsent }: LoadReport): string[] {
  return [
    ...(unfinished > 0 ? [`${grouped(unfinished)} without an answer when it ended`] : []),
    ...(unsent > 0 ? [`${grouped(unsent)} due and never sent: all connections were busy`] : []),
  ];
}

function rangeRows({ ranges }: LoadReport): string[] {
  const rows = ranges.map(({ range, answers, share, latencyMs: { p50, p99 } }) => {
    return [range, grouped(answers), percent(share), milliseconds(p50), milliseconds(p99)];
  });
  return columns([['range', 'answers', 'share', 'p50', 'p99'], ...rows], ['left', 'right', 'right', 'right', 'right']);
}

function workerRows({ workers }: LoadReport): string[] {
  const most = Math.max(...workers.map(({ share }) => share));
  const rows = workers.map(({ instance, pid, range, answers, share }) => {
    return [range ?? '', instance, pid, grouped(answers), percent(share), bar(share / most, BAR_WIDTH)];
  });
  const headings = ['range', 'answered by', 'pid', 'answers', 'share'];
  return columns([headings, ...rows], ['left', 'left', 'right', 'right', 'right', 'left']);
}

/** Nothing where there is no row under the heading. */
function headed([heading, ...rows]: string[], paint: (heading: string) => string): string[] {
  return heading === undefined || rows.length === 0 ? [] : [paint(heading), ...rows];
}
