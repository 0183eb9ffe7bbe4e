// Server-sent events out of a stream of text that comes in pieces of any size (HTML standard, § 9.2.6): the fields
// `event` and `data`; others and comments are left out. Pure.

export interface ParsedEvent {
  readonly name: string;
  readonly data: string;
}

/** Creates a parser: each call takes the next piece and returns the events that it completed. */
export function createEventParser(): (piece: string) => ParsedEvent[] {
  let rest = '';
  return (piece) => {
    const blocks = (rest + piece).replaceAll('\r\n', '\n').split('\n\n');
    rest = blocks.pop() ?? '';
    return blocks.map(parseBlock).filter((event) => event !== null);
  };
}

function parseBlock(block: string): ParsedEvent | null {
  let name = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
  }
  return data.length > 0 ? { name, data: data.join('\n') } : null;
}
