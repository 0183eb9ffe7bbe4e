// The bench of scaling for a terminal. Pure: result in, text out.

import { createPaint, machineLines, renderReport, targetLines } from './report.ts';
import type { PeopleFigures, ScaleResult, StreamFigures, WorkerFigures } from './scale-result.ts';
import { figure, percent, textTable } from './text-table.ts';

const WORKER_HEADINGS = ['workers', 'requests/s', 'p50 ms', 'p99 ms', 'errors', 'shares'];
const PEOPLE_HEADINGS = ['people', 'shard MB', 'ready s', 'worker MB', 'new page ms', 'kept page ms'];

/** Renders it, with a last newline. */
export function renderScale(result: ScaleResult, { isColor }: { readonly isColor: boolean }): string {
  const { machine, workMs, workers, people, stream, targets } = result;
  const paint = createPaint(isColor);
  const introduction = machineLines(machine, [`workers: --work-ms ${workMs}, asked directly; people: one worker`]);
  return renderReport([
    introduction.map((line) => paint('dim', line)),
    textTable(WORKER_HEADINGS, workers.map(workerRow)),
    textTable(PEOPLE_HEADINGS, people.map(peopleRow)),
    streamLines(stream),
    targetLines(targets, paint),
  ]);
}

function streamLines(stream: StreamFigures): readonly string[] {
  const { letter, people, seconds } = stream;
  const [streamMb, readMb, shardMb, routerMb] = [
    ...[stream.streamMb, stream.readMb],
    ...[stream.shardGrewMb, stream.routerGrewMb],
  ].map((mb) => `${figure(mb)} MB`);
  return [
    `NDJSON of ${letter}, ${people.toLocaleString('en-US')} people in ${streamMb}: in ${figure(seconds)} s a slow reader`,
    `took ${readMb}; the shard’s worker grew by ${shardMb}, the router’s by ${routerMb}`,
  ];
}

function workerRow({ workers, requestsPerS, p50Ms, p99Ms, errors, shares }: WorkerFigures): readonly string[] {
  return [
    ...[String(workers), figure(requestsPerS), p50Ms.toFixed(1), p99Ms.toFixed(1), String(errors)],
    shares.map(percent).join(', '),
  ];
}

function peopleRow({ people, shardMb, readyS, workerMb, newPageMs, keptPageMs }: PeopleFigures): readonly string[] {
  return [
    ...[people.toLocaleString('en-US'), figure(shardMb), figure(readyS), figure(workerMb)],
    ...[figure(newPageMs), figure(keptPageMs)],
  ];
}
