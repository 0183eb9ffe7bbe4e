// What the bench of proxies finds: rounds in, figures and targets out. Pure. This is also what its JSON file holds.

import type { ContenderName } from './contender.ts';
import type { Machine } from './machine.ts';
import { medians, spread } from './statistics.ts';
import { atLeast, atMost, judge, type Limit, type Target } from './target.ts';

/** One contender in one round. */
export interface Round {
  readonly requestsPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the contender's processes by answered request. */
  readonly cpuUs: number;
  /** The part of its core that the contender used, 0 to 1. */
  readonly busy: number;
  readonly rssMb: number;
  readonly errors: number;
}

/** A contender's figures: medians of its rounds. */
export interface Figures extends Omit<Round, 'errors'> {
  readonly name: ContenderName;
  readonly title: string;
  readonly isOurs: boolean;
  readonly connections: number;
  /** Whether its answer is the page as it is, which makes it comparable. */
  readonly isSamePage: boolean;
  /** Half the range of cpuUs over the rounds, by its median. */
  readonly cpuSpread: number;
  /** Of all rounds. */
  readonly errors: number;
  readonly rounds: readonly Round[];
}

export interface ProxiesResult {
  readonly kind: 'proxies';
  readonly machine: Machine;
  readonly cores: string;
  readonly load: string;
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly page: { readonly letter: string; readonly bytes: number; readonly people: number };
  /** Versions of the programs compared with. */
  readonly versions: readonly string[];
  readonly missing: readonly { readonly title: string; readonly why: string }[];
  readonly figures: readonly Figures[];
  readonly targets: readonly Target[];
}

/** Figures of a contender from its rounds. */
export function figuresOf(
  contender: Pick<Figures, 'name' | 'title' | 'isOurs' | 'connections' | 'isSamePage'>,
  rounds: readonly Round[],
): Figures {
  const { name, title, isOurs, connections, isSamePage } = contender;
  return {
    ...{ name, title, isOurs, connections, isSamePage },
    ...medians(rounds.map((round) => ({ ...round }))),
    errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
    cpuSpread: spread(rounds.map(({ cpuUs }) => cpuUs)),
    rounds,
  };
}

/** CPU per request of one contender by another's; null when one of them was not measured. */
export function cpuRatio(figures: readonly Figures[], name: ContenderName, by: ContenderName): number | null {
  const cpuOf = (wanted: ContenderName): number | undefined => figures.find((one) => one.name === wanted)?.cpuUs;
  const [cpu, other] = [cpuOf(name), cpuOf(by)];
  return cpu === undefined || other === undefined ? null : cpu / other;
}

/** What is asked of this product, as far as it was measured. */
export function targetsOf(figures: readonly Figures[]): readonly Target[] {
  const by = (text: string, name: ContenderName, other: ContenderName, limit: Limit | null): readonly Target[] =>
    judge(text, cpuRatio(figures, name, other), '×', limit);
  return [
    ...by('hot page by nginx proxy_cache', 'hot', 'nginx-cache', atMost(1)),
    ...by('hot page by HAProxy', 'hot', 'haproxy', atMost(0.85)),
    ...by('shard page by raw node:http', 'shard', 'raw', atMost(1.2)),
    ...by('the way of the book by hot page', 'book', 'hot', atLeast(30)),
    ...by('pass-through by nginx pass-through', 'pass', 'nginx', null),
    ...by('pass-through by bare http-proxy with agent', 'pass', 'proxy-agent', null),
  ];
}
