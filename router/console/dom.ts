// Elements made and kept up to date without a framework. Invariant: an element that stays keeps its identity, so focus,
// selection and hover survive each update; a text that has not changed is not written (screen readers would repeat it).

/** A part of the page with its own way to show new facts. */
export interface View<T> {
  readonly element: HTMLElement;
  update(facts: T): void;
}

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Creates an element; an attribute that is `true` stands alone, one that is `false` is left out. */
export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children);
  return element;
}

/** The element with this id, which page.html has. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

/** Writes a text if it changed. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Writes an attribute if it changed. */
export function setAttribute(element: Element, name: string, value: string | number | boolean): void {
  if (value === false) element.removeAttribute(name);
  else {
    const text = value === true ? '' : String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

/**
 * Creates the function that makes the children of `parent` show a list, in its order: an item that was there before
 * keeps its view, a new one gets one, a view without item goes.
 */
export function createList<T>(
  parent: HTMLElement,
  keyOf: (item: T) => string | number,
  createView: (item: T) => View<T>,
): (items: readonly T[]) => void {
  const views = new Map<string | number, View<T>>();
  return (items) => {
    const keys = new Set(items.map(keyOf));
    for (const [key, { element }] of views) {
      if (keys.has(key)) continue;
      element.remove();
      views.delete(key);
    }
    for (const [index, item] of items.entries()) {
      let view = views.get(keyOf(item));
      if (!view) {
        view = createView(item);
        views.set(keyOf(item), view);
      }
      if (parent.children[index] !== view.element) parent.insertBefore(view.element, parent.children[index] ?? null);
      view.update(item);
    }
  };
}
