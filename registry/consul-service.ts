// An instance as Consul knows it: service `people-shard`, service id = instance id, tag = range, all facts as Meta.
// Pure translations both ways. What others registered under our service name is judged entry by entry: a malformed
// one is refused with its reason and takes no other with it.

import { messageOf } from '../runtime/user-error.ts';
import { type Announcement, parseAnnouncement } from './announcement.ts';

export const SERVICE = 'people-shard';

/** What an agent is told of an instance (Consul API, "Register Service"), without its health check. */
export interface Registration {
  readonly name: string;
  readonly id: string;
  readonly tags: readonly string[];
  readonly address: string;
  readonly port: number;
  readonly meta: Readonly<Record<string, string>>;
}

/** Passing services as announcements, by id, and those that are none. */
export interface ServiceReading {
  readonly instances: readonly Announcement[];
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

/** The registration of an instance. Facts that are not known are left out of Meta, whose values are text. */
export function registrationOf(announcement: Announcement): Registration {
  const { id, range, dataset, epoch, url, opsUrl } = announcement;
  const { hostname, port } = new URL(url);
  const facts = Object.entries({ id, range, dataset, epoch, url, opsUrl }).filter(([, value]) => value !== null);
  return {
    name: SERVICE,
    id,
    tags: [range],
    address: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 80),
    meta: Object.fromEntries(facts.map(([name, value]) => [name, String(value)])),
  };
}

/** Whether what an agent has under our id (null: nothing) says the same. Address and port are in Meta, as the URL. */
export function isRegistered(found: unknown, { name, tags, meta }: Registration): boolean {
  const { Service, Tags, Meta } = (found ?? {}) as Record<string, unknown>;
  return Service === name && isSameList(Tags, tags) && isSameMeta(Meta ?? {}, meta);
}

/**
 * Reads the entries of `health/service`. Of several entries with one instance id (it moved to another agent, the old
 * one has not noticed) the one written last counts.
 */
export function readServices(entries: readonly unknown[]): ServiceReading {
  const newest = new Map<string, { readonly announcement: Announcement; readonly writtenAt: number }>();
  const refused: { readonly id: string; readonly reason: string }[] = [];
  for (const entry of entries) {
    const service = ((entry ?? {}) as Record<string, unknown>).Service as Record<string, unknown> | undefined;
    try {
      const announcement = announcementOf(service?.Meta);
      const writtenAt = Number(service?.ModifyIndex ?? 0);
      const other = newest.get(announcement.id);
      if (!other || other.writtenAt < writtenAt) newest.set(announcement.id, { announcement, writtenAt });
    } catch (error) {
      refused.push({ id: String(service?.ID), reason: messageOf(error) });
    }
  }
  const instances = [...newest.values()].map(({ announcement }) => announcement);
  return { instances: instances.sort((a, b) => (a.id < b.id ? -1 : 1)), refused };
}

function announcementOf(meta: unknown): Announcement {
  const { id, range, dataset, epoch, url, opsUrl } = (meta ?? {}) as Record<string, string | undefined>;
  return parseAnnouncement({
    ...{ id, range, url },
    ...{ dataset: dataset ?? null, epoch: epoch === undefined ? null : Number(epoch), opsUrl: opsUrl ?? null },
  });
}

function isSameList(found: unknown, wanted: readonly string[]): boolean {
  return Array.isArray(found) && found.length === wanted.length && wanted.every((value, i) => found[i] === value);
}

function isSameMeta(found: object, wanted: Readonly<Record<string, string>>): boolean {
  const facts = Object.entries(wanted);
  return (
    Object.keys(found).length === facts.length && facts.every(([name, value]) => Reflect.get(found, name) === value)
  );
}
