// What happened, newest first, as it happens. The list is a log to screen readers: they say what is added, once the
// past that a visitor finds is in it.

import { byId, create, createList, setAttribute, type View } from './dom.ts';
import { toneOf } from './event-tone.ts';
import { clock, rangeName } from './format.ts';
import type { HueOf } from './palette.ts';
import { eventKey, type Story } from './story.ts';
import type { OpsEvent } from './wire.ts';

/** Creates the function that shows a story's events. */
export function createEventList(hueOf: HueOf): (story: Story) => void {
  const [log, list] = [byId('log'), byId('events')];
  const empty = byId('no-events');
  let isFilled = false;
  const show = createList<OpsEvent>(list, eventKey, (event) => createEntry(event, hueOf, isFilled));
  return ({ status, events }) => {
    if (!status) return;
    show(events.toReversed());
    setAttribute(empty, 'hidden', events.length > 0);
    if (!isFilled) log.setAttribute('aria-live', 'polite');
    isFilled = true;
  };
}

function createEntry(event: OpsEvent, hueOf: HueOf, isNew: boolean): View<OpsEvent> {
  const { at, kind, detail, range } = event;
  const element = create(
    'li',
    { class: 'event', 'data-tone': toneOf(event), 'data-new': isNew },
    create('time', { datetime: at }, clock(at)),
    create('span', { class: 'kind' }, kind),
    create(
      'span',
      range === null ? { class: 'range' } : { class: 'range', 'data-hue': hueOf(range) },
      rangeName(range ?? 'router'),
    ),
    create('span', { class: 'detail' }, detail),
  );
  return { element, update: () => {} };
}
