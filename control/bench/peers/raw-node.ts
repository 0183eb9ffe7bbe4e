// The floor for any Node server: node:http that sends one page from memory, with the shard's headers, and knows nothing
// else. The page is a file named on the command line.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { servePeer } from './serve-peer.ts';

const [pageFile = ''] = process.argv.slice(2);
const { headers, body } = JSON.parse(readFileSync(pageFile, 'utf8')) as { headers: string[]; body: string };
const bytes = Buffer.from(body);

servePeer(
  createServer((_req, res) => {
    res.writeHead(200, headers);
    res.end(bytes);
  }),
);
