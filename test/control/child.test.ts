import { describe, expect, it } from 'vitest';
import { parseReadyLine, withoutOurVariables } from '../../control/child.ts';

describe('parseReadyLine', () => {
  const rows: readonly (readonly [string, ReturnType<typeof parseReadyLine>])[] = [
    [
      'ready http://127.0.0.1:40001 ops http://127.0.0.1:40002',
      { url: 'http://127.0.0.1:40001', opsUrl: 'http://127.0.0.1:40002' },
    ],
    ['ready http://[::1]:8080 ops http://[::1]:8081', { url: 'http://[::1]:8080', opsUrl: 'http://[::1]:8081' }],
    ['ready http://127.0.0.1:40001', null],
    ['already http://127.0.0.1:40001 ops http://127.0.0.1:40002', null],
    ['ready', null],
    ['', null],
  ];
  it.each(rows)('"%s"', (line, ready) => {
    expect(parseReadyLine(line)).toEqual(ready);
  });
});

describe('the environment of a child', () => {
  it('has everything but our own variables', () => {
    const environment = { PATH: '/bin', NO_COLOR: '1', ZPEOPLE_PORT: '1', ZPEOPLE_DATA: 'x' };
    expect(withoutOurVariables(environment)).toEqual({ PATH: '/bin', NO_COLOR: '1' });
  });
});
