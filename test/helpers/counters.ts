// What a /metrics page counts, and whether any of it ever fell.

/** The series of a page that may only grow: those of counters and histograms. */
export function countersOf(page: string): Map<string, number> {
  const growing = new Set([...page.matchAll(/^# TYPE (\w+) (?:counter|histogram)$/gm)].map(([, name]) => name!));
  const found = new Map<string, number>();
  for (const [, series = '', name = '', value] of page.matchAll(/^((\w+)(?:\{.*\})?) (\S+)$/gm)) {
    if (growing.has(name.replace(/_(?:bucket|sum|count)$/, '')) || growing.has(name)) found.set(series, Number(value));
  }
  return found;
}

/** Looks at pages again and again, until `stop`, which gives every series that ever fell, with its two values. */
export function watchCounters(urls: readonly string[]): {
  stop(): Promise<{ readonly falls: string[]; readonly looks: number }>;
} {
  const falls: string[] = [];
  const before = new Map<string, Map<string, number>>();
  let looks = 0;
  let isOver = false;
  const look = async (url: string): Promise<void> => {
    const now = countersOf(await (await fetch(`${url}/metrics`)).text());
    for (const [series, value] of before.get(url) ?? []) {
      const next = now.get(series) ?? 0;
      if (next < value) falls.push(`${url} ${series}: ${value} → ${next}`);
    }
    before.set(url, now);
    looks++;
  };
  const watching = (async () => {
    while (!isOver) {
      await Promise.all(urls.map(look));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await watching;
      await Promise.all(urls.map(look));
      return { falls, looks };
    },
  };
}
