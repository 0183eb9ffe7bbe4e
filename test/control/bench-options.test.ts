import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../control/bench/options.ts';
import { chartFile, resultFile } from '../../control/bench/result-files.ts';
import { UserError } from '../../runtime/user-error.ts';

describe('the options of the bench', () => {
  it('are the proxies, in full, when nothing is said', () => {
    expect(parseOptions([])).toEqual({
      ...{ kind: 'proxies', isQuick: false, isFull: false },
      ...{ only: null, json: null, isHelp: false },
    });
  });

  it.each([
    [['--quick'], { isQuick: true }],
    [['--only', 'hot, nginx-cache'], { only: ['hot', 'nginx-cache'] }],
    [['--json', 'x.json'], { json: 'x.json' }],
    [['seed', '--full'], { kind: 'seed', isFull: true }],
    [['scale'], { kind: 'scale' }],
    [['-h'], { isHelp: true }],
  ])('%j', (args, expected) => {
    expect(parseOptions(args)).toMatchObject(expected);
  });

  it.each([
    [['race'], '"race" is no bench; allowed: seed, scale, or nothing for the proxies'],
    [['seed', 'scale'], '"seed scale" is no bench'],
    [['--only', 'hot,apache'], '--only names "apache", which is no contender; allowed: hot, 304, gzip'],
    [['seed', '--only', 'hot'], '--only is not for the bench "seed"'],
    [['--full'], '--full is for the benches "seed" and "scale"'],
    [['--fast'], "Unknown option '--fast'; see"],
    [['--json'], "Option '--json <value>' argument missing; see"],
  ])('%j is refused in one line', (args, message) => {
    const parse = (): unknown => parseOptions(args);
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(message);
    expect(parse).not.toThrow('\n');
  });
});

describe('the result of a bench', () => {
  it.each([
    [[], '/docs/bench/proxies-node20.json'],
    [['seed'], '/docs/bench/seed-node20.json'],
    [['--quick'], '/docs/bench/trial-proxies-node20.json'],
    [['--only', 'hot'], '/docs/bench/trial-proxies-node20.json'],
  ])('of %j goes to …%s', (args, expected) => {
    expect(resultFile(parseOptions(args), 'v20.19.0').endsWith(expected)).toBe(true);
  });

  it('goes where it is told, its chart beside it', () => {
    const file = resultFile(parseOptions(['--json', '/somewhere/mine.json']), 'v24.1.0');
    expect(file).toBe('/somewhere/mine.json');
    expect(chartFile(file)).toBe('/somewhere/mine.svg');
  });
});
