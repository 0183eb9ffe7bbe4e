import { describe, expect, it } from 'vitest';
import { EventLog, type OpsEvent } from '../../runtime/event-log.ts';

const event = (detail: string) => ({ kind: 'crash', detail, range: 'A-D', instance: 'a-d-1' });

describe('an event', () => {
  it('gets a number, one more each time, and the time', () => {
    const log = new EventLog();
    const before = new Date().toISOString();
    log.add(event('first'));
    log.add(event('second'));
    expect(log.events).toEqual([
      { ...event('first'), number: 1, at: expect.any(String) },
      { ...event('second'), number: 2, at: expect.any(String) },
    ]);
    expect(log.events[0]!.at >= before && log.events[0]!.at <= new Date().toISOString()).toBe(true);
  });

  it("of another process keeps its time, and gets a number of this one's", () => {
    const elsewhere = new EventLog();
    for (let i = 0; i < 5; i++) elsewhere.add(event('there'));
    const log = new EventLog();
    const at = '2026-01-01T00:00:00.000Z';
    log.add({ ...elsewhere.events[4]!, at });
    expect(log.events).toEqual([{ ...event('there'), number: 1, at }]);
  });

  it('is forgotten when two hundred others came after it; numbers go on', () => {
    const log = new EventLog();
    for (let i = 1; i <= 250; i++) log.add(event(`no ${i}`));
    expect(log.events).toHaveLength(200);
    expect([log.events[0]!.number, log.events.at(-1)!.number]).toEqual([51, 250]);
  });
});

describe('a listener', () => {
  it('hears each new event, and none after it has gone', () => {
    const log = new EventLog();
    const heard: OpsEvent[] = [];
    log.add(event('before'));
    const leave = log.listen((one) => heard.push(one));
    log.add(event('then'));
    leave();
    leave();
    log.add(event('after'));
    expect(heard).toEqual([{ ...event('then'), number: 2, at: expect.any(String) }]);
  });

  it('may leave while it is told, and others hear all the same', () => {
    const log = new EventLog();
    const heard: string[] = [];
    const leave = log.listen(() => {
      heard.push('one');
      leave();
    });
    log.listen(() => heard.push('two'));
    log.add(event('then'));
    log.add(event('later'));
    expect(heard).toEqual(['one', 'two', 'two']);
  });
});
