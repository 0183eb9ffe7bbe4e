// Which instances are ejected by any router worker right now, as reported to the primary: for status.

export class Ejections {
  readonly #until = new Map<string, number>();

  add(url: string, forMs: number, nowMs = performance.now()): void {
    this.#until.set(url, Math.max(this.#until.get(url) ?? 0, nowMs + forMs));
  }

  has(url: string, nowMs = performance.now()): boolean {
    const until = this.#until.get(url);
    if (until === undefined) return false;
    if (nowMs < until) return true;
    this.#until.delete(url);
    return false;
  }
}
