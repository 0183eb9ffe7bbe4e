// The buttons of a pool: fewer or more workers, reload, and in a demo what breaks things. What becomes of an order is
// said beside them, to screen readers too. A button is never disabled while its order is under way: focus would be lost.

import { create, setAttribute, setText } from './dom.ts';
import { plural, rangeName } from './format.ts';
import { noteAtAnswer, noteAtStatus, type Order, type OrderNote, QUIET, textOf } from './order-note.ts';
import type { GiveOrder } from './orders.ts';
import type { InstanceView, PoolView } from './wire.ts';

export interface PoolControls {
  readonly element: HTMLElement;
  update(pool: PoolView): void;
}

const MOST_WORKERS = 64;
const TONES = { quiet: 'calm', sent: 'calm', taken: 'calm', done: 'good', failed: 'bad' } as const;
const DEMO_ORDERS = [
  {
    act: 'load',
    label: 'Load 20 s',
    of: 'of requests for',
    done: 'It is under load for 20 s: the events tell how it went.',
  },
  { act: 'kill', label: 'Kill one', of: 'worker of', done: 'A worker is killed: watch the events.' },
  { act: 'hang', label: 'Hang one', of: 'worker of', done: 'A worker hangs: watch the events.' },
] as const;

/** Creates the controls of the pool of a range. */
export function createPoolControls(range: string, isDemo: boolean, give: GiveOrder): PoolControls {
  const name = rangeName(range);
  const noteLine = create('p', { class: 'note', role: 'status' });
  const count = create('span', { class: 'wanted' });
  let note: OrderNote = QUIET;
  let current = 0;
  let wanted: number | null = null;
  let latest: PoolView | null = null;

  const show = (): void => {
    if (note.kind !== 'sent' && note.kind !== 'taken') wanted = null;
    const shown = wanted ?? current;
    setText(noteLine, textOf(note));
    setAttribute(noteLine, 'data-tone', TONES[note.kind]);
    setText(count, plural(shown, 'worker'));
    setAttribute(fewer, 'aria-disabled', shown <= 1 && 'true');
    setAttribute(more, 'aria-disabled', shown >= MOST_WORKERS && 'true');
  };
  const send = async (path: string, body: object, order: Order): Promise<void> => {
    note = { kind: 'sent', order };
    show();
    note = noteAtAnswer(note, order, await give(path, body), performance.now());
    show();
  };
  const scale = (by: number): void => {
    const workers = (wanted ?? current) + by;
    if (workers < 1 || workers > MOST_WORKERS) return;
    wanted = workers;
    const to = `to ${plural(workers, 'worker')}`;
    const order: Order = { doing: `Scaling ${to} …`, done: `Scaled ${to}.`, operation: 'scale' };
    void send(`/pools/${range}/scale`, { workers }, order);
  };
  const reloadAll = (): void => {
    const order: Order = { doing: 'Replacing workers one by one …', done: 'All workers are new.', operation: 'reload' };
    void send(`/pools/${range}/reload`, {}, order);
  };

  const fewer = createButton('−', `One worker fewer in ${name}`, () => scale(-1));
  const more = createButton('+', `One worker more in ${name}`, () => scale(1));
  const stepper = create('div', { class: 'stepper', role: 'group', 'aria-label': `Workers of ${name}` });
  stepper.append(fewer, count, more);
  const buttons = create('div', { class: 'buttons' }, stepper, createButton('Reload', `Reload ${name}`, reloadAll));
  if (isDemo) {
    const demos = DEMO_ORDERS.map(({ act, label, of, done }) =>
      createButton(label, `${label} ${of} ${name}`, () => {
        void send(`/demo/${act}`, { range }, { doing: `${label} …`, done, operation: null });
      }),
    );
    buttons.append(create('div', { class: 'demo', role: 'group', 'aria-label': `Disturb ${name}` }, ...demos));
  }

  return {
    element: create('div', { class: 'controls' }, buttons, noteLine),
    update: (pool) => {
      if (pool === latest) return; // other news: as a status it would be older than the order
      latest = pool;
      const { instances } = pool;
      current = Math.max(0, ...instances.map(workersToStay));
      const operations = instances.flatMap(({ operation }) => operation ?? []);
      note = noteAtStatus(note, operations, performance.now());
      show();
    },
  };
}

function workersToStay({ workers }: InstanceView): number {
  return workers?.filter(({ state }) => state === 'starting' || state === 'ready').length ?? 0;
}

function createButton(text: string, label: string, onClick: () => void): HTMLButtonElement {
  const button = create('button', { type: 'button', 'aria-label': label }, text);
  button.addEventListener('click', onClick);
  return button;
}
