import { describe, expect, it } from 'vitest';
import { parseLayout } from '../../people/range.ts';
import { parseDnsRegistry } from '../../registry/dns-names.ts';

const layout = parseLayout('A-R,S,T-Z');

describe('a dns registry', () => {
  it('is a name for each range, in lower case', () => {
    expect(parseDnsRegistry('dns://people-{range}.example:3000', layout)).toEqual([
      { range: 'A-R', name: 'people-a-r.example', port: 3000 },
      { range: 'S', name: 'people-s.example', port: 3000 },
      { range: 'T-Z', name: 'people-t-z.example', port: 3000 },
    ]);
  });

  it.each([
    ['dns://{range}:1', 's'],
    ['dns://{range}.people.svc.cluster.local.:80', 's.people.svc.cluster.local.'],
    ['dns://{range}.people-{range}.example:65535', 's.people-s.example'],
    ['dns://_{range}_.example:3000', '_s_.example'],
  ])('%s names %s', (registry, name) => {
    expect(parseDnsRegistry(registry, layout)[1]?.name).toBe(name);
  });

  it.each([
    ['dns://people.example:3000', /where the range goes/],
    ['dns://people-{Range}.example:3000', /cannot be read/],
    ['dns://people-{range}.example', /cannot be read/],
    ['dns://people-{range}.example:0', /cannot be read/],
    ['dns://people-{range}.example:65536', /cannot be read/],
    ['dns://people-{range}.example:3000/x', /cannot be read/],
    ['dns://user@people-{range}.example:3000', /cannot be read/],
    ['dns://people-{range}..example:3000', /cannot be read/],
    ['dns://-{range}.example:3000', /cannot be read/],
    [`dns://${'x'.repeat(64)}-{range}.example:3000`, /cannot be read/],
    ['dns://:3000', /cannot be read/],
    ['dns://', /cannot be read/],
  ])('%s is refused, with an example', (registry, reason) => {
    const refusal = expect.objectContaining({ code: 'usage', message: expect.stringMatching(reason) });
    expect(() => parseDnsRegistry(registry, layout)).toThrow(refusal);
    expect(() => parseDnsRegistry(registry, layout)).toThrow(/write it like dns:\/\/people-\{range\}\.example:3000$/);
  });
});
