// One upstream request for a page, and all who wait for it: admission, forwarding, keeping the answer. Concurrent
// misses of one page share a flight; it is called off when its last waiter leaves.

import type { Page } from '../../people/page.ts';
import type { Encoding } from '../../people/page-request.ts';
import type { Waiting } from '../pool/admission.ts';
import type { Pool } from '../pool/pool.ts';
import type { UpstreamRequest } from '../upstream/upstream.ts';
import { Forward, ForwardError, type ForwardMeans, shed, unavailable } from './forward.ts';
import { readPage, type ServedPage } from './read-page.ts';

/** What a flight brings back. */
export interface Landed extends ServedPage {
  /** Whether the page is in the cache now. */
  readonly isStored: boolean;
}

export interface PageFlightOptions {
  readonly means: ForwardMeans;
  readonly poolOf: () => Pool;
  /** Keeps a page of the newest dataset; false when it cannot. */
  readonly keep: (page: Page) => boolean;
  /** The page of another answer to the same request, of a dataset. */
  readonly recall: (dataset: string) => Page | undefined;
  readonly encoding: Encoding;
  readonly request: UpstreamRequest;
}

export class PageFlight {
  /** Rejects with ForwardError. */
  readonly landed: Promise<Landed>;
  readonly #options: PageFlightOptions;
  readonly #forward: Forward<ServedPage>;
  #waiting: Waiting | null = null;
  #waiters = 0;
  #isCalledOff = false;

  constructor(options: PageFlightOptions) {
    this.#options = options;
    this.#forward = new Forward(options.means, options.poolOf().pages);
    this.landed = this.#fly();
  }

  /** Whether its last waiter left: it comes to nothing, though that may take a moment, and nobody may join it. */
  get isCalledOff(): boolean {
    return this.#isCalledOff;
  }

  /** One more waits; the returned function is called when it leaves before the landing. */
  join(): () => void {
    this.#waiters++;
    return () => {
      if (--this.#waiters > 0) return;
      this.#isCalledOff = true;
      this.#waiting?.giveUp();
      this.#forward.abort();
    };
  }

  async #fly(): Promise<Landed> {
    const { means, poolOf, keep, recall, encoding, request } = this.#options;
    const pool = poolOf();
    const { pages } = pool;
    if (!pages.tryEnter()) {
      if (!pool.isServed) throw new ForwardError(unavailable(`range ${pool.range}`));
      this.#waiting = pages.wait();
      if (!(await this.#waiting?.admitted)) {
        if (!this.#isCalledOff) means.counters.add(`people_sheds_total{range="${pool.range}"}`);
        throw new ForwardError(shed(pool.range));
      }
    }
    try {
      const served = await this.#forward.run(poolOf, request, (answer, attempt, remainingMs) =>
        readPage(answer, attempt, { encoding, recall, stallMs: means.limits.attemptTimeoutMs, remainingMs }),
      );
      const { page, servedBy } = served;
      const isNewest = page.dataset === poolOf().dataset;
      return { page, servedBy, isStored: isNewest && keep(page) };
    } finally {
      pages.leave();
    }
  }
}
