// A pool as a card: its traffic, its controls, its instances with their workers.

import { create, createList, setAttribute, setText, type View } from './dom.ts';
import { count, latency, percent, plural, rangeName, rate } from './format.ts';
import type { GiveOrder } from './orders.ts';
import { createPoolControls } from './pool-controls.ts';
import type { RecentTraffic } from './recent.ts';
import type { InstanceView, PoolView } from './wire.ts';
import { createWorkerTable } from './worker-table.ts';

export interface PoolFacts {
  readonly pool: PoolView;
  readonly hue: number;
  readonly traffic: RecentTraffic;
}

export interface PoolCardOptions {
  readonly isDemo: boolean;
  readonly give: GiveOrder;
}

/** Creates the card of a pool. */
export function createPoolCard({ pool, hue }: PoolFacts, { isDemo, give }: PoolCardOptions): View<PoolFacts> {
  const { range } = pool;
  const people = create('span', { class: 'pool-people' });
  const title = create('h3', { id: `pool-${range}` }, create('span', { class: 'range' }, rangeName(range)), people);
  const figures = createPoolFigures();
  const controls = createPoolControls(range, isDemo, give);
  const instances = create('div', {
    class: 'instances',
    role: 'group',
    'aria-label': `Instances of ${rangeName(range)}`,
  });
  const nobody = create('p', { class: 'nobody' }, 'No instance serves this range.');
  const show = createList<InstanceView>(instances, ({ id }) => id, createInstance);
  const element = create('article', { class: 'card', 'data-hue': hue, 'aria-labelledby': title.id });
  element.append(create('header', {}, title, figures.element), controls.element, nobody, instances);
  return {
    element,
    update: (facts) => {
      setText(people, `${count(facts.pool.people)} people`);
      figures.update(facts);
      controls.update(facts.pool);
      show(facts.pool.instances);
      setAttribute(instances, 'tabindex', instances.scrollHeight > instances.clientHeight && '0'); // scrolls by keyboard
      setAttribute(nobody, 'hidden', facts.pool.instances.length > 0);
    },
  };
}

function createPoolFigures(): View<PoolFacts> {
  const element = create('dl', { class: 'pool-figures' });
  const figure = (name: string): HTMLElement => {
    const value = create('dd');
    element.append(create('div', {}, create('dt', {}, name), value));
    return value;
  };
  const [rps, p99, inFlight] = [figure('req/s'), figure('p99'), figure('in flight')];
  const [hits, failed] = [figure('cached'), figure('failed/s')];
  return {
    element,
    update: ({ pool, traffic }) => {
      const workers = pool.instances.flatMap((instance) => instance.workers ?? []);
      setText(rps, rate(traffic.rps));
      setText(p99, latency(traffic.p99Ms));
      setText(hits, percent(traffic.hitShare));
      setText(inFlight, count(workers.reduce((sum, worker) => sum + (worker.inFlight ?? 0), 0)));
      setText(failed, rate(traffic.failedPs));
      setAttribute(failed, 'data-tone', traffic.failedPs > 0 ? 'bad' : 'calm');
    },
  };
}

function createInstance({ id }: InstanceView): View<InstanceView> {
  const state = create('span', { class: 'state-name' });
  const where = create('span', { class: 'where' });
  const autoscale = create('span', { class: 'autoscale' });
  const workers = createWorkerTable(id);
  const head = create('p', { class: 'instance-head' }, create('b', {}, id), state, where, autoscale);
  const element = create('section', { class: 'instance', 'aria-label': `Instance ${id}` }, head, workers.element);
  return {
    element,
    update: (instance) => {
      setAttribute(element, 'data-state', instance.state);
      setText(state, instance.state);
      setText(where, `pid ${instance.pid ?? 'unknown'} · ${instance.url.replace('http://', '')}`);
      setText(autoscale, autoscaleText(instance.autoscale));
      workers.update(instance.workers);
    },
  };
}

function autoscaleText(autoscale: InstanceView['autoscale']): string {
  if (!autoscale) return '';
  return `autoscales ${autoscale.min}–${plural(autoscale.max, 'worker')}, wants ${autoscale.desired}`;
}
