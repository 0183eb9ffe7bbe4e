// The way of the book: ask the registry for all services at each request, choose one by its tag in turn, pass the
// request on with http-proxy as it comes (no agent). `book-router.js REGISTRY-URL TAG`.

import { createServer } from 'node:http';
import Consul from 'consul';
import httpProxy from 'http-proxy';
import { servePeer } from './serve-peer.ts';

const [registry = '', tag = ''] = process.argv.slice(2);
const { hostname, port } = new URL(registry);
const consul = new Consul({ host: hostname, port: Number(port) });
const proxy = httpProxy.createProxyServer();
let turn = 0;

interface Service {
  readonly Address: string;
  readonly Port: number;
  readonly Tags: readonly string[];
}

servePeer(
  createServer(async (req, res) => {
    const fail = (): void => {
      res.writeHead(502).end();
    };
    try {
      const services = Object.values((await consul.agent.service.list()) as Record<string, Service>);
      const servers = services.filter(({ Tags }) => Tags.includes(tag));
      turn = (turn + 1) % servers.length;
      const { Address, Port } = servers[turn]!;
      proxy.web(req, res, { target: `http://${Address}:${Port}` }, fail);
    } catch {
      fail();
    }
  }),
);
