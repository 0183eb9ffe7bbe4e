// `zpeople status` as a table. Pure: status in, text out.

import { styleText } from 'node:util';
import type { StatusView, WorkerView } from './ops-client.ts';

type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red';

const HEADINGS = ['range', 'instance', 'pid', 'state', 'age', 'restarts', 'requests', 'in flight', 'loop', 'memory'];
const IS_NUMBER = [false, false, true, false, true, true, true, true, true, true];

/** Renders the system's state, with a last newline. */
export function renderStatus(status: StatusView, { isColor }: { readonly isColor: boolean }): string {
  const paint = (style: Style, text: string): string =>
    isColor ? styleText(style, text, { validateStream: false }) : text;
  const rows: string[][] = [HEADINGS];
  for (const { range, instances } of status.pools) {
    if (instances.length === 0) rows.push([range, 'no instance', '', 'gone', '', '', '', '', '', '']);
    for (const { id, pid, state, workers } of instances) {
      rows.push([range, id, show(pid), state, '', '', '', '', '', '']);
      for (const worker of workers ?? []) rows.push(workerRow(worker));
    }
  }
  rows.push(['router', '', show(status.router.pid), '', '', '', '', '', '', '']);
  for (const worker of status.router.workers) rows.push(workerRow(worker));

  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row, index) => {
    const cells = row.map((cell, column) => {
      const padded = IS_NUMBER[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
      if (index === 0) return paint('dim', padded);
      return column === 3 && cell !== '' ? paint(styleOf(cell), padded) : column === 0 ? paint('bold', padded) : padded;
    });
    return `  ${cells.join('  ').trimEnd()}`;
  });
  const people = status.pools.reduce((sum, pool) => sum + (pool.people ?? 0), 0);
  const title = `${paint('bold', `${people.toLocaleString('en-US')} people`)} ${paint('dim', `dataset ${status.dataset ?? 'unknown'}, epoch ${show(status.epoch)}`)}`;
  return `\n  ${title}\n\n${lines.join('\n')}\n\n`;
}

function workerRow({ pid, state, ageS, restarts, requests, inFlight, elu, rssMb }: WorkerView): string[] {
  const loop = elu === null ? '-' : `${Math.round(elu * 100)} %`;
  const memory = rssMb === null ? '-' : `${rssMb} MB`;
  return [
    '',
    '  worker',
    String(pid),
    state,
    age(ageS),
    String(restarts),
    count(requests),
    show(inFlight),
    loop,
    memory,
  ];
}

function styleOf(state: string): Style {
  if (state === 'available' || state === 'ready') return 'green';
  return state === 'starting' || state === 'draining' ? 'yellow' : 'red';
}

function age(seconds: number): string {
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 6_000) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}

function count(value: number | null): string {
  return value === null ? '-' : value.toLocaleString('en-US');
}

function show(value: number | null): string {
  return value === null ? '-' : String(value);
}
