import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventParser } from '../../router/console/event-parser.ts';

const STREAM =
  'retry: 1000\n\nevent: status\ndata: {"a":1}\n\n: a comment\n\nevent: event\ndata: one\ndata: two\n\ndata:bare\n\n';
const EVENTS = [
  { name: 'status', data: '{"a":1}' },
  { name: 'event', data: 'one\ntwo' },
  { name: 'message', data: 'bare' },
];

describe('the event parser', () => {
  it('reads names and data, and nothing else', () => {
    expect(createEventParser()(STREAM)).toEqual(EVENTS);
  });

  it('reads the same from pieces of any size, with either line end', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(STREAM.length)), fc.boolean(), (cuts, hasReturns) => {
        const text = hasReturns ? STREAM.replaceAll('\n', '\r\n') : STREAM;
        const ends = [...cuts.sort((a, b) => a - b), text.length];
        const parse = createEventParser();
        const events = ends.flatMap((end, index) => parse(text.slice(ends[index - 1] ?? 0, end)));
        expect(events).toEqual(EVENTS);
      }),
    );
  });

  it('keeps an event that is not complete', () => {
    const parse = createEventParser();
    expect(parse('event: a\ndata: 1\n')).toEqual([]);
    expect(parse('\n')).toEqual([{ name: 'a', data: '1' }]);
  });
});
