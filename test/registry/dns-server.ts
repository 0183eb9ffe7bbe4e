// A name server of a test, on a UDP port of loopback (RFC 1035): it answers A and AAAA from a zone that the test
// changes as it likes, fails where the zone says so, and keeps quiet where it says nothing at all comes.

import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';

/** What a name has, or how asking for it goes; a name that is not in the zone does not exist. */
export type ZoneEntry =
  | {
      readonly A?: readonly string[] | 'SERVFAIL' | 'silence';
      readonly AAAA?: readonly string[] | 'SERVFAIL' | 'silence';
    }
  | 'SERVFAIL'
  | 'REFUSED'
  | 'silence';

export interface DnsServer {
  /** By name, in lower case. */
  readonly zone: Map<string, ZoneEntry>;
  /** `A people-a-d.example`, in the order they came. */
  readonly questions: readonly string[];
  /** A resolver that asks this server only. */
  resolver(): Resolver;
  close(): Promise<void>;
}

const TYPES = { 1: 'A', 28: 'AAAA' } as const;
const CODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
const TIMEOUT_MS = 250;

export async function startDnsServer(): Promise<DnsServer> {
  const zone = new Map<string, ZoneEntry>();
  const questions: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const { name, type, end } = readQuestion(query);
    if (type === undefined) return;
    questions.push(`${type} ${name}`);
    const entry = zone.get(name);
    const answer = entry === undefined || typeof entry === 'string' ? (entry ?? 'NXDOMAIN') : (entry[type] ?? []);
    if (answer === 'silence') return;
    const code = typeof answer === 'string' ? answer : 'NOERROR';
    socket.send(writeAnswer(query, end, code, typeof answer === 'string' ? [] : answer), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    zone,
    questions,
    resolver: () => {
      const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 });
      resolver.setServers([`127.0.0.1:${socket.address().port}`]);
      return resolver;
    },
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function readQuestion(query: Buffer): {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | undefined;
  readonly end: number;
} {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = TYPES[query.readUInt16BE(at + 1) as keyof typeof TYPES];
  return { name: labels.join('.').toLowerCase(), type, end: at + 5 };
}

function writeAnswer(query: Buffer, end: number, code: keyof typeof CODES, addresses: readonly string[]): Buffer {
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 | CODES[code], 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((address) => {
    const data = bytesOf(address);
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0); // the name of the question
    record.writeUInt16BE(data.length === 4 ? 1 : 28, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(60, 6); // a TTL that nobody must wait for
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([head, query.subarray(12, end), ...records]);
}

function bytesOf(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [left = '', right = ''] = address.split('::');
  const groups = (text: string): string[] => text.split(':').filter(Boolean);
  const zeros = Array<string>(8 - groups(left).length - groups(right).length).fill('0');
  const all = [...groups(left), ...zeros, ...groups(right)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
