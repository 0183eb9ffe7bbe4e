// What the page must know before it connects.

export interface Settings {
  readonly needsToken: boolean;
  readonly isDemo: boolean;
}

const RETRY_MS = 1_000;

/** Asks the router until it answers: it may have gone just after it gave us the page. */
export async function readSettings(): Promise<Settings> {
  for (;;) {
    try {
      return (await (await fetch('/console/settings.json')).json()) as Settings;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
