import { authFlags } from './auth-flags.ts'
import { flag, optional } from './flag.ts'
import {
  choice,
  count,
  list,
  listenAddress,
  network,
  origin,
  root,
  text,
  toggle,
} from './reader.ts'
import { storeFlags } from './store-flags.ts'

/** The flags of `ytopic serve`. One entry is a flag, its environment variable and its help. */
export const serveFlags = {
  host: flag(text('HOST', 'a host name or an IP address'), '127.0.0.1', 'IP address to listen on'),
  port: flag(count('PORT', 0, 65_535), '1234', 'port to listen on, 0 for a free one'),
  data: flag(text('DIRECTORY', 'a directory'), './data', 'where documents are kept'),
  ...storeFlags,
  durability: flag(
    choice('full', 'relaxed'),
    'full',
    'full: "saved" means on disk, also after a power cut; relaxed: "saved" means written, and a ' +
      'power cut may take the last moments',
  ),
  ...authFlags,
  tlsCert: optional(
    text('FILE', 'a file'),
    'certificate in PEM, with its chain, to listen with TLS; SIGHUP reads it again',
  ),
  tlsKey: optional(text('FILE', 'a file'), 'the private key of --tls-cert in PEM'),
  origin: optional(
    list(origin),
    'a site whose pages may use this server, such as https://app.example.org or ' +
      'https://*.example.org; * for all. Pages of the same host always may, and those of this ' +
      'machine where the server is reached on this machine',
  ),
  metricsListen: optional(
    listenAddress,
    'where to tell /metrics without a token, for the operator only: a port of this machine, or ' +
      'HOST:PORT',
  ),
  defaultRoot: optional(
    list(root),
    'a root that is meant where a request for content names none, with its kind; given, it takes ' +
      'the place of those of well-known editors',
  ),
  markupFile: optional(
    text('FILE', 'a file'),
    'a JSON file that says how nodes and marks of a schema of your own stand in Markdown and HTML',
  ),
  mcp: flag(
    choice('on', 'off'),
    'off',
    'answer agents on /mcp (Model Context Protocol); needs the package @modelcontextprotocol/sdk',
  ),
  trustProxy: optional(
    list(network),
    'a proxy whose X-Forwarded-For and X-Forwarded-Host are believed: its IP address, a network ' +
      'such as 10.0.0.0/8, or loopback',
  ),
  webhooksAllowPrivate: optional(
    toggle,
    'let webhooks be in private networks, on this machine, and without TLS; who may make ' +
      'webhooks can then reach what this machine can',
  ),
} as const
