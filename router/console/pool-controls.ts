// The buttons of a pool: fewer or more workers, reload, and in a demo what breaks things. What becomes of an order is
// said beside them, to screen readers too. A button is never disabled while its order is under way: focus would be lost.

import { create, setAttribute, setText } from './dom.ts';
import { plural, rangeName } from './format.ts';
import { noteAtAnswer, noteAtStatus, type OrderNote, QUIET } from './order-note.ts';
import type { GiveOrder } from './orders.ts';
import type { PoolView } from './wire.ts';

export interface PoolControls {
  readonly element: HTMLElement;
  update(pool: PoolView): void;
}

const MOST_WORKERS = 64;
const DEMO_ORDERS = [
  { path: '/demo/load', label: 'Load it for 20 s', text: 'Load:' },
  { path: '/demo/kill', label: 'Kill a worker', text: 'Kill:' },
  { path: '/demo/hang', label: 'Hang a worker', text: 'Hang:' },
] as const;

/** Creates the controls of the pool of a range. */
export function createPoolControls(range: string, isDemo: boolean, give: GiveOrder): PoolControls {
  const name = rangeName(range);
  const note = create('p', { class: 'note', role: 'status' });
  const wantedLabel = create('output', { class: 'wanted' });
  let state: OrderNote = QUIET;
  let current = 0;
  let wanted: number | null = null;

  const show = (): void => {
    setText(note, state.kind === 'quiet' ? '' : state.text);
    setAttribute(note, 'data-tone', state.kind === 'failed' ? 'bad' : state.kind === 'done' ? 'good' : 'calm');
    const shown = wanted ?? current;
    setText(wantedLabel, plural(shown, 'worker'));
    setAttribute(fewer, 'aria-disabled', shown <= 1 && 'true');
    setAttribute(more, 'aria-disabled', shown >= MOST_WORKERS && 'true');
  };
  const order = async (path: string, body: object, text: string): Promise<void> => {
    state = { kind: 'sent', text };
    show();
    state = noteAtAnswer(state, await give(path, body), performance.now());
    if (state.kind === 'failed') wanted = null;
    show();
  };
  const scale = (by: number): void => {
    const workers = (wanted ?? current) + by;
    if (workers < 1 || workers > MOST_WORKERS) return;
    wanted = workers;
    void order(`/pools/${range}/scale`, { workers }, `Scaling to ${plural(workers, 'worker')}:`);
  };

  const fewer = button('−', () => scale(-1), `One worker fewer in ${name}`);
  const more = button('+', () => scale(1), `One worker more in ${name}`);
  const reload = button('Reload', () => void order(`/pools/${range}/reload`, {}, 'Reload:'), `Reload ${name}`);
  const stepper = create('div', { class: 'stepper', role: 'group', 'aria-label': `Workers of ${name}` });
  stepper.append(fewer, wantedLabel, more);
  const buttons = create('div', { class: 'buttons' }, stepper, reload);
  if (isDemo) {
    for (const { path, label, text } of DEMO_ORDERS) {
      const demo = button(label, () => void order(path, { range }, text), `${label}: ${name}`);
      demo.className = 'demo';
      buttons.append(demo);
    }
  }

  return {
    element: create('div', { class: 'controls' }, buttons, note),
    update: ({ instances }) => {
      current = Math.max(0, ...instances.map(({ workers }) => workersWanted(workers)));
      const operations = instances.flatMap(({ operation }) => operation ?? []);
      state = noteAtStatus(state, operations, performance.now());
      if (state.kind === 'quiet' || state.kind === 'done' || wanted === current) wanted = null;
      show();
    },
  };
}

function workersWanted(workers: PoolView['instances'][number]['workers']): number {
  return workers?.filter(({ state }) => state === 'starting' || state === 'ready').length ?? 0;
}

function button(text: string, onClick: () => void, label: string): HTMLButtonElement {
  const element = create('button', { type: 'button', 'aria-label': label }, text);
  element.addEventListener('click', onClick);
  return element;
}
