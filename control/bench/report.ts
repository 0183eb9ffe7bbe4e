// What all reports share: colours where the terminal has them, paragraphs, the machine's line, targets. Pure.

import { styleText } from 'node:util';
import { busyWarning, type Machine } from './machine.ts';
import { type Target, targetText } from './target.ts';

export type Paint = (style: 'bold' | 'dim' | 'green' | 'red', text: string) => string;

export function createPaint(isColor: boolean): Paint {
  return (style, text) => (isColor ? styleText(style, text, { validateStream: false }) : text);
}

/** Paragraphs of lines, indented, with a last newline; empty ones are left out. */
export function renderReport(paragraphs: readonly (readonly string[])[]): string {
  const texts = paragraphs
    .filter(({ length }) => length > 0)
    .map((lines) => lines.map((line) => `  ${line}\n`).join(''));
  return `\n${texts.join('\n')}\n`;
}

/** Node, CPU, and whether others were at work; `more` stands between. */
export function machineLines(machine: Machine, more: readonly string[] = []): readonly string[] {
  const warning = busyWarning(machine);
  const lines = [`Node ${machine.node} · ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB`, ...more];
  return warning ? [...lines, `NOTE: ${warning}`] : lines;
}

/** A line each, with a mark where something is asked. */
export function targetLines(targets: readonly Target[], paint: Paint): readonly string[] {
  return targets.map((target) => {
    const mark = target.isMet === null ? ' ' : target.isMet ? paint('green', '✓') : paint('red', '✗');
    return `${mark} ${targetText(target)}`;
  });
}
