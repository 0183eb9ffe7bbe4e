// How many retries a router worker may make: 20 % of the requests of the last ten seconds, and three (DESIGN §9).
// It keeps a failing pool from being asked more than 1.2 times as often as a healthy one. Cost: ten counters.

const WINDOW_S = 10;
const SHARE = 0.2;
const FLOOR = 3;

/** Counts requests and retries per second, and says whether one more retry is within the budget. */
export class RetryBudget {
  readonly #now: () => number;
  readonly #requests = new Float64Array(WINDOW_S);
  readonly #retries = new Float64Array(WINDOW_S);
  #second = 0;

  /** `now` gives ms on any steady clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#second = Math.floor(now() / 1000);
  }

  countRequest(): void {
    this.#requests[this.#bucket()]! += 1;
  }

  /** Takes one retry from the budget; false when it is spent. */
  takeRetry(): boolean {
    const bucket = this.#bucket();
    if (sum(this.#retries) + 1 > sum(this.#requests) * SHARE + FLOOR) return false;
    this.#retries[bucket]! += 1;
    return true;
  }

  /** The bucket of this second, after emptying those that have left the window. */
  #bucket(): number {
    const second = Math.floor(this.#now() / 1000);
    const passed = Math.min(second - this.#second, WINDOW_S);
    for (let i = 1; i <= passed; i++) {
      const stale = (this.#second + i) % WINDOW_S;
      this.#requests[stale] = 0;
      this.#retries[stale] = 0;
    }
    this.#second = Math.max(this.#second, second);
    return this.#second % WINDOW_S;
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
