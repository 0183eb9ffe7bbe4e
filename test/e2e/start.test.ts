// The built bin from an empty folder to people by letter, with real processes.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliProcess, isRunning, spawnCli } from '../helpers/cli.ts';
import { ALPHABET, getLetter, serverOf, walkLetter } from '../helpers/people-api.ts';
import { createFolder } from '../helpers/temporary-folder.ts';
import { waitFor } from '../helpers/wait-for.ts';

interface ShardContent {
  readonly range: string;
  readonly count: number;
  readonly letters: Readonly<Record<string, { readonly count: number }>>;
  readonly people: readonly { readonly id: string; readonly firstName: string }[];
}

let folder: Awaited<ReturnType<typeof createFolder>>;
let start: CliProcess;
let url: string;
let shards: readonly ShardContent[];

beforeAll(async () => {
  folder = await createFolder();
  start = spawnCli([
    'start',
    '--log-level',
    'debug',
    '--port',
    '0',
    '--ops-port',
    '0',
    '--data',
    join(folder.path, 'data'),
  ]);
  url = await start.ready();
  shards = await readShards(join(folder.path, 'data'));
});
afterAll(async () => {
  await start?.stop();
  await folder?.remove();
});

/** Parses the shard files of the only dataset as any JSON reader would. */
async function readShards(dataFolder: string): Promise<ShardContent[]> {
  const { current } = JSON.parse(await readFile(join(dataFolder, 'catalog.json'), 'utf8'));
  const names = await readdir(join(dataFolder, current));
  return Promise.all(
    names.sort().map(async (name) => JSON.parse(await readFile(join(dataFolder, current, name), 'utf8'))),
  );
}

describe('start, where there is no data', () => {
  it('seeds 1,000 people in three shards', () => {
    expect(shards.map(({ range }) => range)).toEqual(['A-D', 'E-P', 'Q-Z']);
    expect(shards.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
    for (const { count, people } of shards) expect(people).toHaveLength(count);
  });

  it('prints one line to stdout, and that one when it serves', () => {
    expect(start.stdout()).toMatch(/^ready http:\/\/127\.0\.0\.1:\d+ ops http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('says nothing on stderr but progress and logs', () => {
    const others = start
      .stderr()
      .split('\n')
      .filter((line) => !/^(\{.*\}|seeding: .*|)$/.test(line));
    expect(others).toEqual([]);
  });

  it('answers with exactly the people of the shard files: all letters, page after page', async () => {
    let total = 0;
    const seen: unknown[] = [];
    for (const letter of ALPHABET) {
      const pages = await walkLetter(url, letter, 37);
      const people = pages.flatMap((page) => page.people);
      expect(pages.map((page) => page.total)).toEqual(pages.map(() => people.length));
      total += people.length;
      seen.push(...people);
    }
    expect(total).toBe(1_000);
    expect(seen).toEqual(shards.flatMap(({ people }) => people));
  });

  it('streams the same people as NDJSON', async () => {
    const seen: unknown[] = [];
    for (const letter of ALPHABET) {
      const answer = await getLetter(url, letter, { Accept: 'application/x-ndjson' });
      expect(answer.status).toBe(200);
      const lines = (await answer.text()).split('\n').filter(Boolean);
      seen.push(...lines.map((line) => JSON.parse(line)));
    }
    expect(seen).toEqual(shards.flatMap(({ people }) => people));
  });

  it.each([
    ['É', 'E'],
    ['ø', 'O'],
    ['李', 'L'],
    ['j', 'J'],
  ])('answers %s as %s', async (asked, letter) => {
    const answer = await getLetter(url, asked);
    expect(answer.status).toBe(200);
    const owner = shards.find((shard) => letter in shard.letters)!;
    expect(answer.headers.get('Shard')).toBe(owner.range);
    expect(await answer.json()).toMatchObject({ letter, total: owner.letters[letter]!.count });
  });

  it.each(['AB', '1', '€', '😀', '%'])('refuses "%s"', async (asked) => {
    const answer = await getLetter(url, asked);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
  });
});

/** The pid of the latest process that logged under this name. */
function pidOf(name: string): number {
  return start.logs().findLast((entry) => entry.name === name)!.pid;
}

async function isAnswering(letter: string): Promise<boolean> {
  return getLetter(url, letter).then(
    ({ ok }) => ok,
    () => false,
  );
}

describe('an instance that dies', () => {
  it('is back at its old port under its old name, others unmoved', async () => {
    const before = serverOf(await getLetter(url, 'J'));
    const neighbour = serverOf(await getLetter(url, 'A'));
    const pid = pidOf('shard E-P');
    process.kill(pid, 'SIGKILL');
    const servings = (): readonly string[] =>
      start.stderr().match(new RegExp(`${before.id} serves .* at \\S+`, 'g')) ?? [];
    await waitFor('the instance to be back', async () => servings().length === 2 && (await isAnswering('J')));
    const after = serverOf(await getLetter(url, 'J'));
    expect(after.id).toBe(before.id);
    expect(after.pid).not.toBe(before.pid);
    expect(serverOf(await getLetter(url, 'A')).id).toBe(neighbour.id);
    expect(start.stderr()).toContain(`shard E-P (pid ${pid}) died (killed by SIGKILL)`);
    const [first, second] = servings();
    expect(second).toBe(first);
    expect(await isRunning(before.pid)).toBe(false);
  });
});

describe('a router that dies', () => {
  it('is back on the public port, and finds everybody', async () => {
    const pid = pidOf('router');
    process.kill(pid, 'SIGKILL');
    await waitFor('the router to be back', () => pidOf('router') !== pid);
    for (const letter of ['A', 'J', 'S']) await waitFor(`letter ${letter}`, () => isAnswering(letter));
    expect(start.stderr()).toContain(`router (pid ${pid}) died (killed by SIGKILL)`);
  });
});

describe('SIGTERM', () => {
  it('stops everything and exits with 0', async () => {
    const workers = ['A', 'J', 'S'].map(async (letter) => serverOf(await getLetter(url, letter)).pid);
    const pids = [pidOf('router'), pidOf('shard E-P'), ...(await Promise.all(workers))];
    start.signal('SIGTERM');
    expect(await start.ended).toMatchObject({ code: 0, signal: null });
    for (const pid of pids) expect(await isRunning(pid)).toBe(false);
    await expect(fetch(url)).rejects.toThrow();
  });
});
