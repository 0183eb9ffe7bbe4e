// nginx, one worker, passing through or with its cache, as one tunes it for this page: no access log, kept-alive
// connections on both sides, buffers that hold a page whole, cache files kept open. What the upstream says about caching
// is ignored, Vary included, which saves nginx the work of choosing a variant. (sendfile is slower here than a read.)

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenSystem } from '../field.ts';
import { findProgram } from '../find-program.ts';
import { freePort } from '../workbench.ts';

const CACHE = `proxy_cache pages;
      proxy_cache_key $uri$is_args$args;
      proxy_cache_valid 200 1h;
      proxy_ignore_headers Cache-Control Vary;`;

export const openNginx: OpenSystem = async ({ workbench, cores, upstream }, name) => {
  const nginx = findProgram('nginx', '-v');
  if (!nginx) return { kind: 'missing', why: 'nginx is not installed (Debian: nginx-light)' };
  const folder = join(workbench.folder, name);
  mkdirSync(folder);
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), configuration(port, upstream.url, name === 'nginx-cache'));
  const args = ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr', '-g', 'daemon off;'];
  const server = await workbench.serve({ name: 'nginx', command: nginx.path, args, core: cores.contender }, port);
  return { kind: 'open', server, version: `nginx ${nginx.version}` };
};

function configuration(port: number, upstreamUrl: string, hasCache: boolean): string {
  const isRoot = process.getuid?.() === 0;
  return `${isRoot ? 'user root;' : ''}
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server_tokens off;
  keepalive_timeout 60s;
  keepalive_requests 1000000000;
  output_buffers 1 32k;
  open_file_cache max=1000 inactive=60s;
  open_file_cache_valid 60s;
  proxy_cache_path cache levels=1:2 keys_zone=pages:10m inactive=1h max_size=64m use_temp_path=off;
  upstream shard {
    server ${new URL(upstreamUrl).host};
    keepalive 256;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://shard;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffer_size 32k;
      proxy_buffers 8 32k;
      ${hasCache ? CACHE : ''}
    }
  }
}
`;
}
