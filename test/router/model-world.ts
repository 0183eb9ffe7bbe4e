// A world for the router's decisions: instances that come, go, crash, hang and lie, on a clock that a test moves, and a
// whole router but for its sockets. It writes down what an observer outside knows: who was well all the time that a
// request was under way, and how many requests an instance or a pool had at once.

import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { vi } from 'vitest';
import { LETTERS, type Letter } from '../../people/letter.ts';
import { etagOf } from '../../people/page.ts';
import { parsePageQuery } from '../../people/page-request.ts';
import { type Range, rangeHolds } from '../../people/range.ts';
import type { Announcement } from '../../registry/announcement.ts';
import { ForwardError, type ForwardLimits } from '../../router/answer/forward.ts';
import { PageFlight } from '../../router/answer/page-flight.ts';
import { RetryBudget } from '../../router/answer/retry-budget.ts';
import type { PoolLimits } from '../../router/pool/pool.ts';
import { Pools } from '../../router/pool/pools.ts';
import { Members } from '../../router/table/members.ts';
import type { ProbeResult } from '../../router/table/probe.ts';
import { type Attempt, AttemptError, type Upstream, type UpstreamRequest } from '../../router/upstream/upstream.ts';
import { Counters } from '../../runtime/counters.ts';

export const LIMITS: ForwardLimits = { attemptTimeoutMs: 2_000, deadlineMs: 10_000 };

/** After this long the router must have seen how an instance is. */
const SETTLING_MS = 3_000;

/** How an instance is, which nobody tells the router. */
export type Condition = 'well' | 'hung' | 'crashed' | 'lying' | 'draining';

/** What came of a request. */
export interface Result {
  readonly letter: Letter;
  /** 200 with the range that the page is of, or a problem. */
  readonly status: number;
  readonly shard: Range | null;
  readonly detail: string;
  /**
   * Instances of the letter that were well from beginning to end, and that the router took for well, or must have: the
   * only one there is, and well for a while.
   */
  readonly witnesses: readonly Instance[];
}

export class Instance {
  readonly id: string;
  readonly url: string;
  range: Range;
  epoch: number;
  dataset = 'd1';
  condition: Condition;
  isAnnounced = true;
  /** Whether it ever answered a probe. */
  hasAnswered = false;
  /** When something last happened to it, ms of performance.now(). */
  disturbedAt = performance.now();
  readonly underWay = new Set<FakeAttempt>();

  constructor(id: string, range: Range, epoch: number, condition: Condition) {
    this.id = id;
    this.condition = condition;
    this.url = `http://${id}.example:80`;
    this.range = range;
    this.epoch = epoch;
  }

  get announcement(): Announcement {
    const { id, url, range, epoch, dataset } = this;
    return { id, url, range, epoch, dataset, opsUrl: null };
  }
}

/** As if many others asked, too, and had nothing to retry. */
class AmpleBudget extends RetryBudget {
  override takeRetry(): boolean {
    return true;
  }
}

class FakeAttempt implements Attempt {
  readonly letter: Letter;
  readonly answer: Promise<IncomingMessage>;
  readonly #settle: (outcome: IncomingMessage | AttemptError) => void;

  constructor(letter: Letter, timeoutMs: number, onEnd: (attempt: FakeAttempt) => void) {
    this.letter = letter;
    let settle!: (outcome: IncomingMessage | AttemptError) => void;
    this.answer = new Promise((resolve, reject) => {
      settle = (outcome) => (outcome instanceof AttemptError ? reject(outcome) : resolve(outcome));
    });
    const timer = setTimeout(() => this.settle(new AttemptError('timeout')), timeoutMs);
    this.#settle = (outcome) => {
      clearTimeout(timer);
      onEnd(this);
      settle(outcome);
    };
  }

  settle(outcome: IncomingMessage | AttemptError): void {
    this.#settle(outcome);
  }

  abort(): void {
    this.#settle(new AttemptError('aborted'));
  }
}

export class World {
  readonly instances: Instance[] = [];
  /** How many instances ever were of a range. */
  readonly seats = new Map<Range, number>();
  readonly pools: Pools;
  readonly results: Result[] = [];
  /** The most requests that the instances of a range ever had at once. */
  readonly mostUnderWay = new Map<Range, number>();
  readonly #members: Members;
  readonly #means: ConstructorParameters<typeof PageFlight>[0]['means'];
  readonly #underWay = new Set<Promise<void>>();
  #forgottenAt: number | null = null;
  #ids = 0;

  constructor(limits: PoolLimits) {
    this.pools = new Pools(limits);
    this.#members = new Members({
      probe: (url, timeoutMs) => this.#probe(url, timeoutMs),
      random: () => 0.5,
      onChange: (instances) => this.pools.update(instances),
    });
    this.#means = {
      upstream: {
        attempt: (at, request, timeoutMs) => this.#attempt(at.hostname, request, timeoutMs),
      } as Partial<Upstream> as Upstream,
      budget: new AmpleBudget(),
      limits: LIMITS,
      counters: new Counters(),
      onSuspect: ({ url }) => this.#members.probeNow(url),
      onEjected: () => {},
    };
  }

  /** Starts an instance and announces it. */
  join(range: Range, epoch: number, condition: Condition): void {
    this.instances.push(new Instance(`i${++this.#ids}`, range, epoch, condition));
    this.announce();
  }

  /** Tells the router what the registry knows, which is everything now. */
  announce(): void {
    const lost = this.#forgottenAt === null ? [] : this.instances.filter((instance) => !this.#isSettled(instance));
    for (const instance of lost) instance.disturbedAt = performance.now();
    this.#forgottenAt = null;
    this.#members.update(this.instances.filter(({ isAnnounced }) => isAnnounced).map((one) => one.announcement));
  }

  /** The registry has lost its memory: who is not well from now on may be lost to the router until the next announce. */
  forget(): void {
    this.#forgottenAt ??= performance.now();
    this.#members.update([]);
  }

  /** What is still counted as under way or waiting when nothing is: there must be nothing. */
  leftovers(): readonly string[] {
    return [...this.pools.all].flatMap(({ range, pages, members }) => [
      ...(pages.inFlight + pages.queued > 0 ? [`${range}: ${pages.inFlight} in flight, ${pages.queued} queued`] : []),
      ...members.filter(({ inFlight }) => inFlight > 0).map(({ id, inFlight }) => `${id}: ${inFlight} in flight`),
      ...this.instances.filter(({ underWay }) => underWay.size > 0).map(({ id }) => `${id} is still asked`),
    ]);
  }

  /** Changes how an instance is. */
  turn(instance: Instance, condition: Condition): void {
    instance.condition = condition;
    instance.disturbedAt = performance.now();
    for (const attempt of [...instance.underWay]) {
      if (condition === 'crashed') attempt.settle(new AttemptError('reset'));
      if (condition === 'well') this.#answerLater(instance, attempt);
    }
  }

  /** Asks for a letter; `results` has what came of it. Resolves at once; the returned function is the client leaving. */
  ask(letter: Letter): () => void {
    const pool = this.pools.poolOf(letter);
    if (!pool) return () => {};
    const startedAt = performance.now();
    const witnesses = [...this.#wellKnown(letter), ...this.#soleWell(letter)];
    const flight = new PageFlight({
      means: this.#means,
      poolOf: () => this.pools.poolOf(letter) ?? pool,
      keep: () => false,
      recall: () => undefined,
      encoding: 'identity',
      request: { method: 'GET', target: `/api/people/byFirstName/${letter}`, headers: {} },
    });
    const leave = flight.join();
    let hasLeft = false;
    const record = (result: Omit<Result, 'letter' | 'witnesses'>): void => {
      if (hasLeft) return;
      const known = this.pools.poolOf(letter) === pool ? this.#wellKnown(letter) : [];
      const still = new Set([...known, ...this.#soleWell(letter)]);
      const constant = witnesses.filter((one) => one.disturbedAt < startedAt && still.has(one));
      this.results.push({ letter, ...result, witnesses: constant });
    };
    const done = flight.landed.then(
      ({ page }) => record({ status: 200, shard: page.shard as Range, detail: '' }),
      (error: unknown) => {
        if (!(error instanceof ForwardError)) throw error;
        const { status, detail } = error.problem;
        record({ status, shard: null, detail });
      },
    );
    this.#underWay.add(done);
    void done.then(() => this.#underWay.delete(done));
    return () => {
      hasLeft = true;
      leave();
    };
  }

  /** Waits until every request has its result; then ends. */
  async close(): Promise<void> {
    while (this.#underWay.size > 0) await vi.advanceTimersByTimeAsync(500);
    this.#members.close();
  }

  /** Instances of the pool of a letter that are well, and that the router may and would ask. */
  #wellKnown(letter: Letter): readonly Instance[] {
    const members = this.pools.poolOf(letter)?.members ?? [];
    const asked = members.filter(
      ({ health, isSuspect, ejection }) => health === 'available' && !isSuspect && performance.now() >= ejection.until,
    );
    const urls = new Set(asked.map(({ url }) => url));
    return this.instances.filter(
      ({ url, condition, range }) => urls.has(url) && condition === 'well' && rangeHolds(range, letter),
    );
  }

  /** The only instance that ever answered of those of a letter, if it has been well for some seconds. */
  #soleWell(letter: Letter): readonly Instance[] {
    const holding = this.instances.filter(({ range, hasAnswered }) => hasAnswered && rangeHolds(range, letter));
    return holding.length === 1 && holding.every((one) => this.#isSettled(one)) ? holding : [];
  }

  #isSettled({ condition, disturbedAt }: Instance): boolean {
    return condition === 'well' && (this.#forgottenAt ?? performance.now()) - disturbedAt > SETTLING_MS;
  }

  #probe(url: string, timeoutMs: number): Promise<ProbeResult> {
    const instance = this.#at(new URL(url).hostname);
    const later = (ms: number, result: ProbeResult): Promise<ProbeResult> =>
      new Promise((resolve) => setTimeout(() => resolve(result), ms));
    switch (instance.condition) {
      case 'crashed':
        return later(1, { kind: 'failed', why: 'connection refused', isTimeout: false });
      case 'hung':
        return later(timeoutMs, { kind: 'failed', why: 'no answer in time', isTimeout: true });
      case 'draining':
        return later(1, { kind: 'draining' });
      default: {
        const { id, dataset, epoch } = instance;
        instance.hasAnswered = true;
        return later(1, { kind: 'ready', facts: { id, dataset, epoch, opsUrl: null } });
      }
    }
  }

  #attempt(hostname: string, { target }: UpstreamRequest, timeoutMs: number): Attempt {
    const instance = this.#at(hostname);
    const { range } = instance;
    const parsed = parsePageQuery(target);
    if (!parsed.ok) throw new Error(`the router asked for ${target}`);
    const attempt = new FakeAttempt(parsed.value.letter, timeoutMs, (ended) => instance.underWay.delete(ended));
    instance.underWay.add(attempt);
    const underWay = this.instances
      .filter((one) => one.range === range)
      .reduce((sum, one) => sum + one.underWay.size, 0);
    this.mostUnderWay.set(range, Math.max(this.mostUnderWay.get(range) ?? 0, underWay));
    if (instance.condition === 'crashed') setTimeout(() => attempt.settle(new AttemptError('refused')), 1);
    else if (instance.condition !== 'hung') this.#answerLater(instance, attempt);
    return attempt;
  }

  #answerLater(instance: Instance, attempt: FakeAttempt): void {
    setTimeout(() => {
      if (!instance.underWay.has(attempt)) return;
      if (instance.condition === 'hung') return; // until it is well again
      if (instance.condition === 'crashed') attempt.settle(new AttemptError('reset'));
      else attempt.settle(answerOf(instance, attempt.letter));
    }, 5);
  }

  #at(hostname: string): Instance {
    return this.instances.find(({ id }) => `${id}.example` === hostname)!;
  }
}

/** What an instance says to a request for a letter. */
function answerOf(instance: Instance, letter: Letter): IncomingMessage {
  const { condition, range, dataset, id } = instance;
  const statusCode = condition === 'lying' ? 500 : rangeHolds(range, letter) ? 200 : 421;
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': '2',
    etag: etagOf('abc', 'identity'),
    shard: range,
    dataset,
    'served-by': id,
  };
  return Object.assign(Readable.from([Buffer.from('{}')]), { statusCode, headers }) as unknown as IncomingMessage;
}

/** The letters that a pool in force owns and does not hold: there must be none. */
export function misplacedLetters({ pools }: World): readonly Letter[] {
  return LETTERS.filter((letter) => {
    const pool = pools.poolOf(letter);
    return pool !== undefined && !rangeHolds(pool.range, letter);
  });
}
