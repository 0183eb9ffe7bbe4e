import { describe, expect, it } from 'vitest';
import { renderScreen } from '../../control/screen.ts';
import { parseRange } from '../../people/range.ts';

const FACTS = {
  dataset: '3f9c1b2a77aa',
  url: 'http://127.0.0.1:8080',
  opsUrl: 'http://127.0.0.1:8081',
  routerPid: 12_348,
  shards: [
    { range: parseRange('A-M'), people: 1_234, url: 'http://127.0.0.1:40001', pid: 12_345 },
    { range: parseRange('S'), people: 5, url: 'http://127.0.0.1:40002', pid: undefined },
  ],
  isDemo: false,
  isColor: false,
};

describe('the screen of start', () => {
  it('shows the public URL, each range with its people, and how to stop', () => {
    expect(renderScreen(FACTS)).toBe(`
  http://127.0.0.1:8080  serves 1,239 people (dataset 3f9c1b2a77aa)

          people    pid  url
  A-M      1,234  12345  http://127.0.0.1:40001
  S            5      -  http://127.0.0.1:40002
  router          12348  http://127.0.0.1:8080

  Try     curl http://127.0.0.1:8080/api/people/byFirstName/J
  Look    http://127.0.0.1:8081 in a browser
  Stop    Ctrl-C

`);
  });

  it('says what a demo is', () => {
    expect(renderScreen({ ...FACTS, isDemo: true })).toContain(
      'http://127.0.0.1:8081 in a browser: the one-minute tour\n',
    );
  });

  it('says the same in colour', () => {
    const coloured = renderScreen({ ...FACTS, isColor: true });
    expect(coloured).toContain('\x1b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are
    expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(renderScreen(FACTS));
  });
});
