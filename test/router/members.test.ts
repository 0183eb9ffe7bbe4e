// Who is in the routing table, with probes that a test answers and a clock that it moves.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseRange } from '../../people/range.ts';
import type { Announcement } from '../../registry/announcement.ts';
import { type InstanceView, Members } from '../../router/table/members.ts';
import type { ProbeFacts, ProbeResult } from '../../router/table/probe.ts';

const NO_FACTS: ProbeFacts = { id: null, dataset: null, epoch: null, opsUrl: null };
const READY: ProbeResult = { kind: 'ready', facts: NO_FACTS };
const DRAINING: ProbeResult = { kind: 'draining' };
const REFUSED: ProbeResult = { kind: 'failed', why: 'connection refused', isTimeout: false };
const SILENT: ProbeResult = { kind: 'failed', why: 'no answer in time', isTimeout: true };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const a: Announcement = announcementOf('a');
const b: Announcement = announcementOf('b');

function announcementOf(id: string): Announcement {
  return { id, range: parseRange('A-D'), dataset: 'd1', epoch: 1, url: `http://${id}`, opsUrl: `http://${id}:ops` };
}

/** Members whose instances answer probes as `set` says, at once or, being silent, after a second. */
function createMembers() {
  const answers = new Map<string, ProbeResult>();
  const probes: string[] = [];
  const changes: (readonly InstanceView[])[] = [];
  const healths: string[] = [];
  const members = new Members({
    probe: async (url, timeoutMs) => {
      // a timer of 0 ms takes one
      probes.push(`${url.at(-1)} at ${Math.floor((performance.now() - startedAt) / 10) * 10}`);
      const answer = answers.get(url) ?? READY;
      if (answer === SILENT) await new Promise((resolve) => setTimeout(resolve, timeoutMs));
      return answer;
    },
    random: () => 0.5,
    onChange: (instances) => changes.push(instances),
    onHealth: ({ id }, before, now) => healths.push(`${id}: ${before} → ${now}`),
  });
  const startedAt = performance.now();
  return {
    members,
    probes,
    changes,
    healths,
    set: (instance: Announcement, answer: ProbeResult) => answers.set(instance.url, answer),
    /** `a available, b down`. */
    now: () => members.instances.map(({ id, health }) => `${id} ${health}`).join(', '),
  };
}

/** Members with a and b, which are available and have just been probed. */
async function createPair() {
  const all = createMembers();
  all.members.update([a, b]);
  await pass(0);
  expect(all.now()).toBe('a available, b available');
  for (const list of [all.probes, all.changes, all.healths]) list.length = 0;
  return all;
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe('an announced instance', () => {
  it('is probed at once, and in the table all the while', async () => {
    const { members, probes, changes, healths, now } = createMembers();
    members.update([a]);
    expect([probes, now()]).toEqual([['a at 0'], 'a starting']);
    await pass(0);
    expect(now()).toBe('a available');
    expect(changes.map(([only]) => only!.health)).toEqual(['starting', 'available']);
    expect(healths).toEqual(['a: starting → available']);
  });

  it('is probed every second while it is well, and four times a second while that is in doubt', async () => {
    const { probes, set } = await createPair();
    await pass(2_000);
    expect(probes).toEqual(['a at 1000', 'b at 1000', 'a at 2000', 'b at 2000']);
    set(a, REFUSED);
    await pass(1_600);
    const seen = probes.splice(4).filter((probe) => probe.startsWith('a'));
    expect(seen).toEqual(['a at 3000', 'a at 3250', 'a at 3500']);
  });

  it('goes down at the third failure and comes back at the second answer, without a floor', async () => {
    const { set, healths, now } = await createPair();
    set(a, REFUSED);
    set(b, REFUSED);
    await pass(1_499);
    expect(now()).toBe('a available, b available');
    await pass(1);
    expect(now()).toBe('a down, b down');
    set(a, READY);
    await pass(250);
    expect(now()).toBe('a down, b down');
    await pass(250);
    expect(now()).toBe('a available, b down');
    expect(healths).toEqual(['a: available → down', 'b: available → down', 'a: down → available']);
  });

  it('that hangs is down four seconds later, and its probes never overlap', async () => {
    const { set, probes, now } = await createPair();
    set(a, SILENT);
    await pass(3_999);
    expect(now()).toBe('a available, b available');
    await pass(10);
    expect(now()).toBe('a down, b available');
    const seen = probes.filter((probe) => probe.startsWith('a'));
    expect(seen).toEqual(['a at 1000', 'a at 2000', 'a at 3000', 'a at 4000']);
  });

  it('that says it is draining is believed at once, and stays in the table', async () => {
    const { set, now } = await createPair();
    set(a, DRAINING);
    await pass(1_000);
    expect(now()).toBe('a draining, b available');
  });

  it('ramps up anew when it comes back', async () => {
    const { members, set } = await createPair();
    await pass(20_000);
    set(a, REFUSED);
    await pass(2_000);
    set(a, READY);
    await pass(3_000);
    const [first, second] = members.instances;
    expect(first!.availableForMs).toBeLessThan(3_000);
    expect(second!.availableForMs).toBe(25_000);
  });

  it('brings new facts: they count from then on, its health stays', async () => {
    const { members, changes } = await createPair();
    members.update([{ ...a, dataset: 'd2' }, b]);
    expect(changes.at(-1)!.map(({ dataset, health }) => [dataset, health])).toEqual([
      ['d2', 'available'],
      ['d1', 'available'],
    ]);
  });
});

describe('a probe', () => {
  const anonymous: Announcement = { ...a, dataset: null, epoch: null, opsUrl: null };
  const facts: ProbeFacts = { id: 'a-d-1', dataset: 'd7', epoch: 3, opsUrl: 'http://ops' };

  it('fills in what a registry cannot know', async () => {
    const { members, set, changes } = createMembers();
    set(a, { kind: 'ready', facts });
    members.update([anonymous]);
    await pass(0);
    expect(changes.at(-1)).toMatchObject([facts]);
  });

  it('fills in nothing that the registry knows', async () => {
    const { members, set } = createMembers();
    set(a, { kind: 'ready', facts });
    members.update([a]);
    await pass(0);
    expect(members.instances).toMatchObject([a]);
  });

  it('tells of a new dataset without a change of health', async () => {
    const { members, set, changes } = createMembers();
    set(a, { kind: 'ready', facts });
    members.update([anonymous]);
    await pass(0);
    const told = changes.length;
    set(a, { kind: 'ready', facts: { ...facts, dataset: 'd8' } });
    await pass(2_000);
    expect(changes.slice(told).map(([only]) => only!.dataset)).toEqual(['d8']);
  });
});

describe('an instance missing from the registry', () => {
  it('is probed at once, and stays as long as it answers', async () => {
    const { members, probes, now } = await createPair();
    await pass(100);
    members.update([b]);
    expect(probes).toEqual(['a at 100']);
    await pass(60_000);
    expect(now()).toBe('a available, b available');
    expect(probes.filter((probe) => probe.startsWith('a')).length).toBeGreaterThan(55);
  });

  it.each([
    ['refuses', REFUSED],
    ['is draining', DRAINING],
  ])('leaves as soon as its probe %s', async (_, answer) => {
    const { members, set, changes, now } = await createPair();
    set(a, answer);
    members.update([b]);
    await pass(0);
    expect(now()).toBe('b available');
    expect(changes.at(-1)!.map(({ id }) => id)).toEqual(['b']);
  });

  it('leaves when it stops answering later', async () => {
    const { members, set, now } = await createPair();
    members.update([b]);
    await pass(5_000);
    set(a, REFUSED);
    await pass(1_000);
    expect(now()).toBe('b available');
  });

  it('leaves when its probe was already under way and finds nobody', async () => {
    const { members, set, now } = await createPair();
    set(a, SILENT);
    await pass(1_500);
    members.update([b]);
    await pass(500);
    expect(now()).toBe('b available');
  });

  it('is probed no more when it has left', async () => {
    const { members, set, probes } = await createPair();
    set(a, REFUSED);
    members.update([]);
    await pass(0);
    probes.length = 0;
    await pass(10_000);
    expect(probes.filter((probe) => probe.startsWith('a'))).toEqual([]);
  });

  it('is one among others again when it is announced again', async () => {
    const { members, set, now } = await createPair();
    members.update([b]);
    await pass(0);
    members.update([a, b]);
    set(a, REFUSED);
    await pass(5_000);
    expect(now()).toBe('a down, b available');
  });

  it('that had left starts anew when it is announced again', async () => {
    const { members, set, changes, now } = await createPair();
    set(a, REFUSED);
    members.update([b]);
    await pass(0);
    set(a, READY);
    members.update([a, b]);
    expect(changes.at(-1)!.map(({ health }) => health)).toEqual(['available', 'starting']);
    await pass(0);
    expect(now()).toBe('b available, a available');
  });
});

it('keeps everybody who answers when the registry is suddenly empty', async () => {
  const { members, set, now } = await createPair();
  members.update([]);
  await pass(30_000);
  expect(now()).toBe('a available, b available');
  set(b, REFUSED);
  await pass(1_500);
  expect(now()).toBe('a available');
});

describe('an instance too busy to answer a probe in time', () => {
  const busy = async (isAnnounced: boolean) => {
    const all = await createPair();
    all.set(a, SILENT);
    if (!isAnnounced) all.members.update([b]);
    return all;
  };

  it.each([true, false])('is not down while it answers requests (announced: %s)', async (isAnnounced) => {
    const { members, now } = await busy(isAnnounced);
    for (let i = 0; i < 40; i++) {
      await pass(250);
      members.answered(a.url, 100);
    }
    expect(now()).toBe('a available, b available');
  });

  it('is down when its last answer was before the probe', async () => {
    const { members, now } = await busy(true);
    for (let i = 0; i < 17; i++) {
      await pass(250);
      members.answered(a.url, 60_000);
    }
    expect(now()).toBe('a down, b available');
  });

  it('is down when it is refused instead', async () => {
    const { members, set, now } = await createPair();
    set(a, REFUSED);
    for (let i = 0; i < 8; i++) {
      await pass(250);
      members.answered(a.url, 0);
    }
    expect(now()).toBe('a down, b available');
  });
});

describe('somebody who has doubts', () => {
  it('has an instance probed at once and is told, even if nothing changed', async () => {
    const { members, probes, changes } = await createPair();
    await pass(300);
    members.probeNow(a.url);
    expect([probes, changes.length]).toEqual([['a at 300'], 0]);
    await pass(0);
    expect(changes.length).toBe(1);
  });

  it('is answered by a probe that begins after the doubt, not by the one under way', async () => {
    const { members, set, probes, changes } = await createPair();
    set(a, SILENT);
    await pass(1_500);
    members.probeNow(a.url);
    members.probeNow(a.url);
    set(a, READY);
    await pass(510);
    const seen = probes.filter((probe) => probe.startsWith('a'));
    expect(seen).toEqual(['a at 1000', 'a at 2000']);
    expect(changes.length).toBe(1);
  });

  it('three times in a row takes down who refuses, without waiting', async () => {
    const { members, set, now } = await createPair();
    set(a, REFUSED);
    for (let i = 0; i < 3; i++) {
      members.probeNow(a.url);
      await pass(0);
    }
    expect(now()).toBe('a down, b available');
  });

  it('about nobody we know is not listened to', async () => {
    const { members, probes, changes } = await createPair();
    members.probeNow('http://stranger');
    members.answered('http://stranger', 0);
    await pass(0);
    expect([probes, changes]).toEqual([[], []]);
  });
});

describe('close', () => {
  it('ends all probes', async () => {
    const { members, probes } = await createPair();
    members.close();
    await pass(10_000);
    expect([probes, vi.getTimerCount()]).toEqual([[], 0]);
  });

  it('ends them also when one is under way, whose result nobody is told', async () => {
    const { members, set, changes } = await createPair();
    set(a, SILENT);
    await pass(1_500);
    members.close();
    await pass(10_000);
    expect([changes, vi.getTimerCount()]).toEqual([[], 0]);
  });
});
