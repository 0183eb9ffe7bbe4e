// Instances as they announce themselves, for tests of registries.

import { parseRange } from '../../people/range.ts';
import type { Announcement } from '../../registry/announcement.ts';

/** An instance of A-D; `facts` say what is different. */
export function announcement(
  facts: Partial<Omit<Announcement, 'range'>> & { readonly range?: string } = {},
): Announcement {
  const { range = 'A-D', ...others } = facts;
  return {
    ...{ id: 'a-d-1', dataset: 'd1', epoch: 1, url: 'http://127.0.0.1:4001', opsUrl: 'http://127.0.0.1:4101' },
    ...others,
    range: parseRange(range),
  };
}
