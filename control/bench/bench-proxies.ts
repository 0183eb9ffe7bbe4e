// The bench of proxies: everybody is started once, checked, warmed alike, then measured in interleaved rounds. A round is
// the load generator at one contender, and the CPU time that contender's processes took for it.

import { CONTENDERS, type Contender, type ContenderName, type SystemName } from './contender.ts';
import { allowedCores, describeCores, planCores } from './cores.ts';
import { type Field, openField, type System } from './field.ts';
import { type LoadGenerator, openLoadGenerator } from './load.ts';
import { describeMachine } from './machine.ts';
import { cpuBetween, treeUsage } from './process-usage.ts';
import { figuresOf, type ProxiesResult, type Round, targetsOf } from './proxies-result.ts';
import { interleaved } from './statistics.ts';
import { openSystem } from './systems/open-system.ts';
import { verifyContender } from './verify.ts';
import type { Server, Workbench } from './workbench.ts';

export interface ProxiesOptions {
  readonly only: readonly ContenderName[] | null;
  readonly isQuick: boolean;
  /** What goes on, for who waits. */
  readonly say: (text: string) => void;
}

interface Entrant {
  readonly contender: Contender;
  readonly server: Server;
  readonly rounds: Round[];
}

const FULL = { rounds: 5, seconds: 2, warmUps: 5 };
const QUICK = { rounds: 2, seconds: 1, warmUps: 1 };
/** Requests after which a compiler has done its work; slow ones get `warmUps` runs and no more. */
const WARM_REQUESTS = 50_000;

/** Measures. Throws UserError when a part of it cannot run or does not answer as it must. */
export async function benchProxies(
  workbench: Workbench,
  { only, isQuick, say }: ProxiesOptions,
): Promise<ProxiesResult> {
  const machine = describeMachine();
  const cores = planCores(allowedCores());
  const plan = isQuick ? QUICK : FULL;
  say('seeding and starting the upstream');
  const field = await openField(workbench, cores);
  const load = openLoadGenerator(workbench, cores.load);
  const wanted = CONTENDERS.filter(({ name }) => !only || only.includes(name));
  const systems = await openSystems(field, wanted, say);

  const entrants: Entrant[] = [];
  for (const contender of wanted) {
    const system = systems.get(contender.system)!;
    if (system.kind === 'missing') continue;
    say(`warming up: ${contender.title}`);
    await verifyContender(contender, system.server.url + field.page.target, field.page);
    const entrant = { contender, server: system.server, rounds: [] };
    for (let run = 0, requests = 0; run < plan.warmUps && requests < WARM_REQUESTS; run++) {
      requests += (await runRound(entrant, field, load, plan.seconds)).requestsPerS * plan.seconds;
    }
    entrants.push(entrant);
  }
  for (const [i, entrant] of interleaved(entrants, plan.rounds).entries()) {
    say(`round ${Math.floor(i / entrants.length) + 1} of ${plan.rounds}: ${entrant.contender.title}`);
    entrant.rounds.push(await runRound(entrant, field, load, plan.seconds));
  }

  const figures = entrants.map(({ contender, rounds }) =>
    figuresOf({ ...contender, isSamePage: contender.expects === 'page' }, rounds),
  );
  const { letter, body, total } = field.page;
  return {
    kind: 'proxies',
    machine,
    cores: describeCores(cores),
    load: load.name,
    rounds: plan.rounds,
    secondsPerRound: plan.seconds,
    page: { letter, bytes: body.length, people: total },
    versions: [...new Set([...systems.values()].flatMap((system) => (system.kind === 'open' && system.version) || []))],
    missing: wanted.flatMap(({ title, system }) => {
      const found = systems.get(system)!;
      return found.kind === 'missing' ? [{ title, why: found.why }] : [];
    }),
    figures,
    targets: targetsOf(figures),
  };
}

async function openSystems(
  field: Field,
  wanted: readonly Contender[],
  say: (text: string) => void,
): Promise<ReadonlyMap<SystemName, System>> {
  const systems = new Map<SystemName, System>();
  for (const { system, title } of wanted) {
    if (systems.has(system)) continue;
    say(`starting: ${title}`);
    systems.set(system, await openSystem(field, system));
  }
  return systems;
}

async function runRound(
  { contender, server }: Entrant,
  field: Field,
  load: LoadGenerator,
  seconds: number,
): Promise<Round> {
  const { page } = field;
  const { pid } = server.program;
  const before = treeUsage(pid);
  const { requests, errors, p50Ms, p99Ms, ...took } = await load.fire({
    url: server.url + page.target,
    headers: contender.headers(page),
    connections: contender.connections,
    seconds,
  });
  const after = treeUsage(pid);
  const cpuMs = cpuBetween(before, after);
  return {
    requestsPerS: requests / took.seconds,
    p50Ms,
    p99Ms,
    cpuUs: (cpuMs * 1_000) / requests,
    busy: cpuMs / 1_000 / took.seconds,
    rssMb: after.rssMb,
    errors,
  };
}
