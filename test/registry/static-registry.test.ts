import { describe, expect, it } from 'vitest';
import { createStaticRegistry, parseStaticRegistry } from '../../registry/static-registry.ts';
import { UserError } from '../../runtime/user-error.ts';

describe('a specification', () => {
  it.each([
    ['static:A-D=http://h:1', ['A-D h:1 http://h:1']],
    [
      'static:A-D=http://h:1,http://h:2;E-P=http://h:3',
      ['A-D h:1 http://h:1', 'A-D h:2 http://h:2', 'E-P h:3 http://h:3'],
    ],
    ['static:a-d=http://h:1/;s=http://h:2;', ['A-D h:1 http://h:1', 'S h:2 http://h:2']],
    ['static:A-Z=http://[::1]:80', ['A-Z [::1] http://[::1]']],
    ['static:A-Z=HTTP://Host.Example:8080', ['A-Z host.example:8080 http://host.example:8080']],
  ])('%s names its instances', (specification, instances) => {
    expect(parseStaticRegistry(specification).map(({ range, id, url }) => `${range} ${id} ${url}`)).toEqual(instances);
  });

  it('says nothing of what only the instances know', () => {
    expect(parseStaticRegistry('static:A-D=http://h:1')[0]).toMatchObject({ dataset: null, epoch: null, opsUrl: null });
  });

  it.each([
    ['static:', 'names no instance'],
    ['static:;;', 'names no instance'],
    ['static:A-D', '"A-D" is not RANGE=URL,URL'],
    ['static:A-D=', '"A-D=" is not'],
    ['static:=http://h:1', '"=http://h:1" is not'],
    ['static:A-D=http://h:1=http://h:2', 'is not RANGE=URL,URL'],
    ['static:D-A=http://h:1', '"D-A" is not a range'],
    ['static:AB=http://h:1', '"AB" is not a range'],
    ['static:1-5=http://h:1', '"1-5" is not a range'],
    ['static:A-D=h:1', '"h:1"'],
    ['static:A-D=localhost', '"localhost"'],
    ['static:A-D=https://h:1', '"https://h:1"'],
    ['static:A-D=ftp://h', '"ftp://h"'],
    ['static:A-D=http://', '"http://"'],
    ['static:A-D=http://h:99999', '"http://h:99999"'],
    ['static:A-D=http://h:1/path', '"http://h:1/path"'],
    ['static:A-D=http://h:1?x', '"http://h:1?x"'],
    ['static:A-D=http://h:1#x', '"http://h:1#x"'],
    ['static:A-D=http://user@h:1', '"http://user@h:1"'],
    ['static:A-D=http://h:1,', '""'],
    ['static:A-D=http://h:1,,http://h:2', '""'],
  ])('%s is refused in one line that names what is odd: %s', (specification, odd) => {
    const parse = (): unknown => parseStaticRegistry(specification);
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(expect.objectContaining({ code: 'usage', exitCode: 2 }));
    expect(parse).toThrow(odd);
    expect(parse).toThrow('write it like static:A-D=');
    expect(parse).not.toThrow('\n');
  });
});

it('tells its instances at once, and has nothing to close', async () => {
  const registry = createStaticRegistry('static:A-D=http://h:1');
  const told: unknown[] = [];
  registry.watch((instances) => told.push(instances));
  await registry.close();
  expect(told).toEqual([parseStaticRegistry('static:A-D=http://h:1')]);
});
