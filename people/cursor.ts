// Where a page ended, as an opaque token: format byte, sort key of the last person shown, CRC-32; base64url.
// It names a place in the order, not an offset or a process, so it holds on every worker, after a restart, a reseed
// or a split. It is no secret and no permission: the checksum only tells ours from typing errors.

import { crc32 } from 'node:zlib';
import { type Letter, letterOfName } from './letter.ts';
import type { SortKey } from './person.ts';

const FORMAT = 1;
const CHECKSUM_BYTES = 4;
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** The token of a place in the order: "after this person". */
export function encodeCursor(key: SortKey): string {
  const text = Buffer.from(JSON.stringify([key.firstName, key.lastName, key.id]));
  const bytes = Buffer.allocUnsafe(1 + text.length + CHECKSUM_BYTES);
  bytes[0] = FORMAT;
  text.copy(bytes, 1);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -CHECKSUM_BYTES)), 1 + text.length);
  return bytes.toString('base64url');
}

/** Reads a token back; `null` when it is not ours, damaged, or belongs to another letter. */
export function decodeCursor(token: string, letter: Letter): SortKey | null {
  if (!BASE64URL.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length <= 1 + CHECKSUM_BYTES || bytes[0] !== FORMAT) return null;
  if (bytes.readUInt32BE(bytes.length - CHECKSUM_BYTES) !== crc32(bytes.subarray(0, -CHECKSUM_BYTES))) return null;
  if (bytes.toString('base64url') !== token) return null; // one spelling for one place: caches key on it
  const key = parseKey(bytes.toString('utf8', 1, bytes.length - CHECKSUM_BYTES));
  return key && letterOfName(key.firstName) === letter ? key : null;
}

function parseKey(text: string): SortKey | null {
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    return null; // a token of ours always parses: this one only happened to have our checksum
  }
  if (!Array.isArray(parts) || parts.length !== 3 || !parts.every((part) => typeof part === 'string')) return null;
  const [firstName, lastName, id] = parts as [string, string, string];
  return { firstName, lastName, id };
}
