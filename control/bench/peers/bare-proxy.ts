// http-proxy in front of one upstream, and nothing else: `bare-proxy.js URL [keep-alive]`. Without an agent http-proxy
// opens a connection for each request.

import { Agent, createServer } from 'node:http';
import httpProxy from 'http-proxy';
import { servePeer } from './serve-peer.ts';

const [target = '', agent] = process.argv.slice(2);
const proxy = httpProxy.createProxyServer({
  target,
  ...(agent === 'keep-alive' && { agent: new Agent({ keepAlive: true, maxFreeSockets: 1_024 }) }),
});

servePeer(
  createServer((req, res) => {
    proxy.web(req, res, undefined, () => res.writeHead(502).end());
  }),
);
