// The workers of a process as a table: who they are, how busy, how big, how often begun again.

import { create, createList, setAttribute, setText, type View } from './dom.ts';
import { age, count, percent, UNKNOWN } from './format.ts';
import type { WorkerView } from './wire.ts';

export interface WorkerTable {
  readonly element: HTMLElement;
  /** Null: the process does not say. */
  update(workers: readonly WorkerView[] | null): void;
}

const COLUMNS = ['Worker', 'State', 'Load', 'Memory', 'Requests', 'Restarts', 'Age'] as const;

/** A worker busier than this has no time left for a burst. */
const FULL_LOAD = 0.9;

/** Creates the table; `of` says whose workers they are, for screen readers. */
export function createWorkerTable(of: string): WorkerTable {
  const body = create('tbody');
  const head = COLUMNS.map((name) => create('th', { scope: 'col', class: name.toLowerCase() }, name));
  const element = create(
    'table',
    { class: 'workers' },
    create('caption', { class: 'unseen' }, `Workers of ${of}`),
    create('thead', {}, create('tr', {}, ...head)),
    body,
  );
  const show = createList<WorkerView>(body, ({ pid }) => pid, createRow);
  return {
    element,
    update: (workers) => {
      setAttribute(element, 'data-unknown', workers === null);
      if (workers) show(workers);
    },
  };
}

function createRow({ pid }: WorkerView): View<WorkerView> {
  const cell = (name: string): HTMLElement => create('td', { class: name });
  const [state, load, memory] = [cell('state'), cell('load'), cell('memory')];
  const [requests, restarts, lived] = [cell('requests'), cell('restarts'), cell('age')];
  const word = create('span', { class: 'state-name' });
  const share = create('span');
  state.append(word);
  load.append(share);
  const element = create('tr', {}, create('th', { scope: 'row' }, String(pid)));
  element.append(state, load, memory, requests, restarts, lived);
  return {
    element,
    update: (worker) => {
      setText(word, worker.state);
      setAttribute(element, 'data-state', worker.state);
      setText(share, percent(worker.elu));
      load.style.setProperty('--load', (worker.elu ?? 0).toFixed(2));
      setAttribute(load, 'data-full', (worker.elu ?? 0) > FULL_LOAD);
      setText(memory, worker.rssMb === null ? UNKNOWN : `${count(worker.rssMb)} MB`);
      setText(requests, count(worker.requests));
      setText(restarts, count(worker.restarts));
      setText(lived, age(worker.ageS));
    },
  };
}
