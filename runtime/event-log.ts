// The last things that happened to a process which an operator would want to see, numbered, in memory.

/** Something that happened. */
export interface OpsEvent {
  /** Grows by one with each event of a process. */
  readonly number: number;
  /** ISO 8601. */
  readonly at: string;
  /** `crash`, `hung`, `scale`, `reload`, `reload-failed`, `autoscale`, `health`, `ejected`, `joined`, `left` … */
  readonly kind: string;
  readonly detail: string;
  /** Where it happened; null: in the router itself. */
  readonly range: string | null;
  readonly instance: string | null;
}

const KEPT = 200;

export class EventLog {
  readonly #events: OpsEvent[] = [];
  readonly #listeners = new Set<(event: OpsEvent) => void>();
  #last = 0;

  /** The kept events, oldest first. */
  get events(): readonly OpsEvent[] {
    return this.#events;
  }

  add(event: Omit<OpsEvent, 'number' | 'at'> & { readonly at?: string }): void {
    const added = { ...event, number: ++this.#last, at: event.at ?? new Date().toISOString() };
    this.#events.push(added);
    if (this.#events.length > KEPT) this.#events.shift();
    for (const listener of this.#listeners) listener(added);
  }

  /** Calls back with each new event; the returned function ends that. */
  listen(listener: (event: OpsEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
