// All the console knows, as one value, and how each message of the router changes it. Pure. What was there before the
// line broke is kept: a router that restarts has forgotten it.

import type { LiveMessage, OpsEvent, StatusView, TrafficSample } from './wire.ts';

export interface Story {
  /** Null before the first message. */
  readonly status: StatusView | null;
  /** Oldest first, about one a second. */
  readonly traffic: readonly TrafficSample[];
  /** Oldest first. */
  readonly events: readonly OpsEvent[];
}

export const EMPTY_STORY: Story = { status: null, traffic: [], events: [] };

const KEPT_SAMPLES = 300;
const KEPT_EVENTS = 150;

/** The story after a message; `at` is now (ISO 8601). */
export function continueStory(story: Story, message: LiveMessage, at: string): Story {
  switch (message.name) {
    case 'status':
      return { ...story, status: message.data, events: withRestart(story, message.data, at) };
    case 'history':
      return {
        ...story,
        traffic: merge(story.traffic, message.data.traffic, (sample) => sample.at, KEPT_SAMPLES),
        events: merge(story.events, message.data.events, eventKey, KEPT_EVENTS),
      };
    case 'traffic':
      return { ...story, traffic: [...story.traffic, message.data].slice(-KEPT_SAMPLES) };
    case 'event':
      return { ...story, events: [...story.events, message.data].slice(-KEPT_EVENTS) };
  }
}

/** What tells an event from all others, also of another life of the router. */
export function eventKey({ at, number, kind }: OpsEvent): string {
  return `${at} ${number} ${kind}`;
}

/** The router cannot tell of its own death: its new pid does. */
function withRestart({ status: before, events }: Story, now: StatusView, at: string): readonly OpsEvent[] {
  if (!before || before.router.pid === now.router.pid) return events;
  const detail = `the router was started again: pid ${before.router.pid} → ${now.router.pid}`;
  return [...events, { number: 0, at, kind: 'restart', detail, range: null, instance: null }];
}

function merge<T>(known: readonly T[], told: readonly T[], keyOf: (item: T) => string, kept: number): readonly T[] {
  const keys = new Set(known.map(keyOf));
  return [...known, ...told.filter((item) => !keys.has(keyOf(item)))].slice(-kept);
}
