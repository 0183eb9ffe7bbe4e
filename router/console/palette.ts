// One hue per range, the same wherever the range appears, and for as long as the page is open.

const HUES = 8;

export type HueOf = (range: string) => number;

/** Creates the function that gives each new range the next hue, from 1 on. */
export function createPalette(): HueOf {
  const hues = new Map<string, number>();
  return (range) => {
    const hue = hues.get(range) ?? (hues.size % HUES) + 1;
    hues.set(range, hue);
    return hue;
  };
}

/** The colour of a hue as the page's theme has it now, for canvases. */
export function colourOfHue(hue: number): string {
  return colour(`--range-${hue}`);
}

/** A colour of the theme by its custom property. */
export function colour(property: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}
