import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { parseLayout } from '../../people/range.ts';
import { openAnnouncer, openWatcher } from '../../registry/open-registry.ts';
import { announcement } from './announcements.ts';

const options = { token: null, log: pino({ level: 'silent' }) };
const layout = parseLayout('A-M,N-Z');

describe('the registry of a router', () => {
  it.each([
    'http://127.0.0.1:8081',
    'consul://127.0.0.1:8500',
    'consul://consul.example',
    'consul://[::1]:8500/',
    'dns://people-{range}.example:3000',
    'static:A-Z=http://127.0.0.1:4001',
  ])('may be %s', async (registry) => {
    await openWatcher({ ...options, registry, layout }).close();
  });

  it.each([
    ['redis://h', /no known kind; allowed: embedded, http:.* consul:.* dns:.* static:/],
    ['embedded', /no known kind/],
    ['', /no known kind/],
    ['consul://', /write it like consul:/],
    ['consul://h:x', /write it like consul:/],
    ['consul://h:65536', /write it like consul:/],
    ['consul://h:8500/v1', /write it like consul:/],
    ['consul://user:secret@h:8500', /write it like consul:/],
    ['consul://h:8500?token=x', /write it like consul:/],
    ['dns://people.example:3000', /where the range goes/],
  ])('cannot be "%s"', (registry, message) => {
    const refusal = expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) });
    expect(() => openWatcher({ ...options, registry, layout })).toThrow(refusal);
  });

  it.each([undefined, null])('needs a layout when DNS is to know it (%s)', (missing) => {
    const open = (): unknown =>
      openWatcher({
        ...options,
        registry: 'dns://people-{range}.example:3000',
        ...(missing === undefined ? {} : { layout: missing }),
      });
    expect(open).toThrow(expect.objectContaining({ code: 'usage', message: expect.stringMatching(/needs --shards/) }));
  });
});

describe('the registry of an instance', () => {
  it.each(['dns://people-{range}.example:3000', 'static:A-Z=http://127.0.0.1:4001'])(
    'may be %s, which is told nothing',
    async (registry) => {
      const announcer = openAnnouncer({ ...options, registry });
      announcer.announce(announcement());
      expect(await announcer.withdraw()).toBe(false);
    },
  );

  it.each(['embedded', 'redis://h', 'consul://h:x', 'https://h'])('cannot be "%s"', (registry) => {
    expect(() => openAnnouncer({ ...options, registry })).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
