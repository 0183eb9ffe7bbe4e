// What `zpeople start` shows on a terminal once everything serves. Pure: facts in, text out.

import { styleText } from 'node:util';
import type { Range } from '../people/range.ts';

export interface ScreenFacts {
  readonly dataset: string;
  /** The public URL. */
  readonly url: string;
  readonly opsUrl: string;
  readonly routerPid: number | undefined;
  readonly shards: readonly {
    readonly range: Range;
    readonly people: number;
    readonly url: string;
    readonly pid: number | undefined;
  }[];
  /** Whether it is the tour. */
  readonly isDemo: boolean;
  readonly isColor: boolean;
}

/** Renders the screen, with a last newline. */
export function renderScreen({ dataset, url, opsUrl, routerPid, shards, isDemo, isColor }: ScreenFacts): string {
  const styled = (style: 'bold' | 'dim') => (text: string) =>
    isColor ? styleText(style, text, { validateStream: false }) : text; // whether colours fit is the caller's to say
  const [bold, dim] = [styled('bold'), styled('dim')];
  const people = shards.reduce((sum, shard) => sum + shard.people, 0);
  const rows = [
    ['', 'people', 'pid', 'url'],
    ...shards.map(({ range, people, pid, url }) => [range, grouped(people), String(pid ?? '-'), url]),
    ['router', '', String(routerPid ?? '-'), url],
  ];
  const [heading, ...body] = table(rows);
  return `
  ${bold(url)}  serves ${grouped(people)} people ${dim(`(dataset ${dataset})`)}

  ${dim(heading!)}
${body.map((line) => `  ${line}`).join('\n')}

  ${dim('Try')}     curl ${url}/api/people/byFirstName/J
  ${dim('Look')}    ${opsUrl} in a browser${isDemo ? ': the one-minute tour' : ''}
  ${dim('Stop')}    Ctrl-C

`;
}

/** Columns as wide as their widest cell; the middle ones are numbers and go right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 1 || column === 2 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
