import { describe, expect, expectTypeOf, it } from 'vitest';
import { continueStory, EMPTY_STORY, type Story } from '../../router/console/story.ts';
import type * as wire from '../../router/console/wire.ts';
import type { TrafficSample } from '../../router/ops/traffic-sample.ts';
import type { OpsEvent } from '../../runtime/event-log.ts';
import type { Operation } from '../../runtime/workers/primary.ts';
import type { WorkerStatus } from '../../runtime/workers/worker-pool.ts';
import type { AutoscaleStatus } from '../../shards/autoscaler.ts';

const NOW = '2026-01-01T00:00:59.000Z';

function event(number: number, at = `2026-01-01T00:00:0${number}.000Z`): wire.OpsEvent {
  return { number, at, kind: 'crash', detail: 'a worker died', range: 'A-D', instance: 'a-d-1' };
}
function sample(second: number): wire.TrafficSample {
  return { at: new Date(second * 1_000).toISOString(), ranges: {}, letters: {} };
}
function status(pid: number): wire.StatusView {
  return { dataset: 'd', epoch: 1, router: { pid, workers: [] }, pools: [] };
}
function storyAfter(messages: readonly wire.LiveMessage[], story: Story = EMPTY_STORY): Story {
  return messages.reduce((told, message) => continueStory(told, message, NOW), story);
}

describe('a story', () => {
  it('grows with each message, oldest first', () => {
    const story = storyAfter([
      { name: 'status', data: status(1) },
      { name: 'history', data: { events: [event(1)], traffic: [sample(1)] } },
      { name: 'traffic', data: sample(2) },
      { name: 'event', data: event(2) },
    ]);
    expect(story).toEqual({ status: status(1), traffic: [sample(1), sample(2)], events: [event(1), event(2)] });
  });

  it('takes what a reconnected page is told again only once', () => {
    const history: wire.LiveMessage = {
      name: 'history',
      data: { events: [event(1), event(2)], traffic: [sample(1), sample(2)] },
    };
    expect(storyAfter([history, history])).toEqual(storyAfter([history]));
  });

  it('remembers what a restarted router has forgotten, and tells of the restart', () => {
    const story = storyAfter([
      { name: 'status', data: status(1) },
      { name: 'history', data: { events: [event(1)], traffic: [sample(1)] } },
      { name: 'status', data: status(2) },
      { name: 'history', data: { events: [event(1, NOW)], traffic: [sample(9)] } },
    ]);
    expect(story.traffic).toEqual([sample(1), sample(9)]);
    expect(story.events.map(({ kind, at }) => [kind, at])).toEqual([
      ['crash', event(1).at],
      ['restart', NOW],
      ['crash', NOW],
    ]);
  });

  it('keeps five minutes', () => {
    const seconds = Array.from({ length: 400 }, (_, second) => sample(second));
    const story = storyAfter(seconds.map((data) => ({ name: 'traffic', data })));
    expect(story.traffic).toEqual(seconds.slice(100));
  });
});

describe('what the console reads', () => {
  it('is what the router sends', () => {
    expectTypeOf<TrafficSample>().toExtend<wire.TrafficSample>();
    expectTypeOf<OpsEvent>().toExtend<wire.OpsEvent>();
    expectTypeOf<WorkerStatus>().toExtend<wire.WorkerView>();
    expectTypeOf<Operation>().toExtend<wire.OperationView>();
    expectTypeOf<AutoscaleStatus>().toExtend<wire.AutoscaleView>();
  });
});
