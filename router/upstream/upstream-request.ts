// What a shard is asked. Everything in it is parsed, chosen or made by us; nothing of the client's request is copied
// but its parsed meaning and its address (DESIGN §9).

import type { IncomingMessage } from 'node:http';
import { DEFAULT_LIMIT, JSON_TYPE, NDJSON_TYPE, pageTarget } from '../../people/page-request.ts';
import type { PeopleRequest } from '../../people/people-app.ts';
import type { UpstreamRequest } from './upstream.ts';

/** The router's name in Via and Cache-Status. */
export const ROUTER_NAME = 'people-router';

/** The request for a page (whole, also when the client only wants its head) or a stream. */
export function upstreamRequest(
  { query, representation, isHead }: PeopleRequest,
  req: IncomingMessage,
  requestId: string,
): UpstreamRequest {
  const { letter, limit, cursor } = query;
  const isStream = representation.type === 'ndjson';
  return {
    method: isStream && isHead ? 'HEAD' : 'GET',
    target: pageTarget(letter, isStream ? limit : (limit ?? DEFAULT_LIMIT), cursor?.token ?? null),
    headers: {
      Accept: isStream ? NDJSON_TYPE : JSON_TYPE,
      'Accept-Encoding': representation.encoding,
      'X-Request-Id': requestId,
      'X-Forwarded-For': req.socket.remoteAddress ?? 'unknown',
      Via: `1.1 ${ROUTER_NAME}`,
    },
  };
}
