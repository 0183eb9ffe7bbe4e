// Stands in for Consul where it is not installed: answers every request with one service, in Consul's words, from
// memory. `registry.js URL TAG`.

import { createServer } from 'node:http';
import { servePeer } from './serve-peer.ts';

const [url = '', tag = ''] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const address = { Address: hostname, Port: Number(port) };
const body = JSON.stringify({
  'people-1': {
    ...{ ID: 'people-1', Service: 'people', Tags: [tag], Meta: {}, ...address },
    TaggedAddresses: { lan_ipv4: address, wan_ipv4: address },
    ...{ Weights: { Passing: 1, Warning: 1 }, EnableTagOverride: false },
  },
});

servePeer(
  createServer((_req, res) => {
    res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    res.end(body);
  }),
);
