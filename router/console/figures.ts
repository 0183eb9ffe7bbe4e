// The head of the page: which data, and the few numbers that say how it goes.

import { byId, setAttribute, setText } from './dom.ts';
import { count, latency, plural, rangeName, rate } from './format.ts';
import { recentOfAll } from './recent.ts';
import type { Story } from './story.ts';

/** Creates the function that shows a story's figures. */
export function createFigures(): (story: Story) => void {
  const [dataset, epoch, router] = [byId('dataset'), byId('epoch'), byId('router')];
  const [people, rps, p99, slowest, failed] = [
    byId('people'),
    byId('rps'),
    byId('p99'),
    byId('slowest'),
    byId('failed'),
  ];
  return ({ status, traffic }) => {
    if (!status) return;
    const known = status.pools.flatMap((pool) => pool.people ?? []);
    const all = recentOfAll(traffic);
    setText(dataset, status.dataset ?? 'none yet');
    setText(epoch, count(status.epoch));
    setText(router, `pid ${status.router.pid}, ${plural(status.router.workers.length, 'worker')}`);
    setText(people, known.length > 0 ? count(known.reduce((sum, each) => sum + each, 0)) : '–');
    setText(rps, rate(all.rps));
    setText(p99, latency(all.p99Ms));
    setText(slowest, all.slowest ? `slowest range: ${rangeName(all.slowest)}` : 'slowest range');
    setText(failed, rate(all.failedPs));
    setAttribute(failed, 'data-tone', all.failedPs > 0 ? 'bad' : 'calm');
  };
}
