// What DNS last said of one name. It has two questions, A and AAAA, and each keeps its last answer on its own: a
// server that is gone or fails takes no address away, not even one that only ever fails for AAAA. Only an answer
// does, and "there is no such name" is one. Pure.

/** The answer to one question: addresses (none where the name or the record does not exist), or why there is none. */
export type DnsAnswer =
  | { readonly kind: 'known'; readonly addresses: readonly string[] }
  | { readonly kind: 'failed'; readonly why: string };

/** The last known addresses of a name, by question; null until one was answered. */
export interface KnownAddresses {
  readonly v4: readonly string[] | null;
  readonly v6: readonly string[] | null;
}

export const NOTHING_KNOWN: KnownAddresses = { v4: null, v6: null };

/** What is known after the two questions were asked once more. */
export function learn(before: KnownAddresses, v4: DnsAnswer, v6: DnsAnswer): KnownAddresses {
  return {
    v4: v4.kind === 'known' ? v4.addresses : before.v4,
    v6: v6.kind === 'known' ? v6.addresses : before.v6,
  };
}

/** All addresses, each once, in an order that does not depend on the server's. */
export function addressesOf({ v4, v6 }: KnownAddresses): readonly string[] {
  return [...new Set([...(v4 ?? []), ...(v6 ?? [])])].sort();
}

/** Whether any question was ever answered. */
export function isKnown({ v4, v6 }: KnownAddresses): boolean {
  return v4 !== null || v6 !== null;
}

/** Why the last questions failed, or null. */
export function complaintOf(v4: DnsAnswer, v6: DnsAnswer): string | null {
  const complaints = [
    ...(v4.kind === 'failed' ? [`A: ${v4.why}`] : []),
    ...(v6.kind === 'failed' ? [`AAAA: ${v6.why}`] : []),
  ];
  return complaints.length > 0 ? complaints.join(', ') : null;
}
