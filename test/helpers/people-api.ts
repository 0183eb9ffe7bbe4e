// The public API as a client sees it.

export interface Page {
  readonly letter: string;
  readonly total: number;
  readonly people: readonly { readonly id: string; readonly firstName: string }[];
  readonly next: string | null;
}

export const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'] as const;

const PATH = '/api/people/byFirstName';

/** Asks for a letter, past all caches. */
export function getLetter(
  url: string,
  letter: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${url}${PATH}/${encodeURIComponent(letter)}`, { headers: { 'Cache-Control': 'no-cache', ...headers } });
}

/** All pages of a letter, following `next` from the first to the last. */
export async function walkLetter(url: string, letter: string, limit: number): Promise<Page[]> {
  const pages: Page[] = [];
  for (let next: string | null = `${PATH}/${letter}?limit=${limit}`; next !== null; ) {
    const answer = await fetch(url + next);
    if (answer.status !== 200) throw new Error(`${next} was answered with ${answer.status}`);
    const page = (await answer.json()) as Page;
    pages.push(page);
    next = page.next;
  }
  return pages;
}

/** The id and pid of who answered, by its Served-By header. */
export function serverOf(answer: Response): { readonly id: string; readonly pid: number } {
  const [id, pid] = answer.headers.get('Served-By')?.split('/') ?? [];
  return { id: id ?? '', pid: Number(pid) };
}
