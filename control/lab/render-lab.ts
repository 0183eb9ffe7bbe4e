// Labs as text: the list, what one is about, what came out. Pure.

import { styleText } from 'node:util';
import { columns } from '../columns.ts';
import type { Lab } from './lab.ts';
import type { LabRun } from './run-lab.ts';

export interface TextOptions {
  readonly isColor: boolean;
}

type Style = 'bold' | 'dim' | 'green' | 'yellow';

/** The list of all labs, with a last newline. */
export function renderList(labs: readonly Lab[]): string {
  const lines = columns(
    labs.map(({ name, summary }) => [name, summary]),
    ['left', 'left'],
  );
  return `\nLabs, each done in less than a minute, on processes and data of its own:\n\n${indented(lines)}\nRun one with: npm run lab -- <name> [--json]\n`;
}

/** Before a run: what is going to be done, with a last newline. */
export function renderIntroduction({ name, summary, does }: Lab, options: TextOptions): string {
  const paint = painter(options);
  return `\n  ${paint('bold', name)}  ${summary}\n\n${indented(does)}\n`;
}

/** After it: the source's figure, ours, and why, with a last newline. */
export function renderRun({ source, ours, isAsExpected, why, machine, tookS }: LabRun, options: TextOptions): string {
  const paint = painter(options);
  const verdict = isAsExpected ? paint('green', 'as expected') : paint('yellow', 'not as expected');
  const lines = [
    `${paint('dim', 'book')}   ${source}`,
    `${paint('dim', 'ours')}   ${paint('bold', ours)}`,
    `       ${verdict} ${paint('dim', `(${machine.cores} cores, Node ${machine.node.slice(1)}, ${Math.round(tookS)} s)`)}`,
  ];
  return `\n${indented(lines)}\n  Why\n${indented(why.map((line) => `· ${line}`))}\n`;
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}\n`).join('');
}

function painter({ isColor }: TextOptions): (style: Style, text: string) => string {
  return (style, text) => (isColor ? styleText(style, text, { validateStream: false }) : text);
}
