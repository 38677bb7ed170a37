import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { AuthSetupError } from './auth/auth-setup-error.ts'
import type { Authority } from './auth/authority.ts'
import { type AuthSetup, createConfiguredAuthority } from './auth/configured.ts'
import type { JwtKeySource } from './auth/jwt-keys.ts'
import { systemClock, systemWallClock } from './base/clock.ts'
import { describeError } from './base/log.ts'
import { limitOptionsOf } from './base/limits/limits.ts'
import type { Terminal } from './cli/command.ts'
import type { Bus } from './cluster/bus.ts'
import { createRedisBus } from './cluster/redis/redis-bus.ts'
import { connectionOf } from './cli/database.ts'
import { readMarkupFile } from './cli/markup-file.ts'
import { runTool } from './cli/run-tool.ts'
import { type Config, readCommand } from './config.ts'
import { anonymousAccess, whoMayWhat } from './config/auth-conflict.ts'
import { bundlePages, type Pages, readPages } from './http/pages.ts'
import { MetricsListenerError } from './server/metrics-listener.ts'
import { mcpMissing } from './cli/online/mcp.ts'
import {
  type ContentOptions,
  type CreateAgentEndpoint,
  type RunningServer,
  serve,
} from './ytopic.ts'
import { openPostgresStore, type PostgresStore } from '../persistence/postgres/store.ts'
import { StoreError } from '../persistence/store-error.ts'
import packageJson from 'ytopic/package.json' with { type: 'json' }

/** Least number of characters of the token of the operator's API. */
const adminTokenMin = 16

const command = readCommand(process.argv.slice(2), process.env)
switch (command.kind) {
  case 'help':
    console.log(command.text)
    break
  case 'version':
    console.log(packageJson.version)
    break
  case 'mistake':
    fail(command.line)
  case 'tool':
    process.exitCode = await runTool(command.name, command.work, terminal())
    break
  case 'serve':
    await serveAs(command.config)
}

async function serveAs(config: Config): Promise<void> {
  await checkOneYjs()
  const { durability, limits } = config
  const directory = resolve(config.data)
  const { adminToken, authority } = await readAuthentication(config)
  const { host: hostname, port, tlsCert: cert, tlsKey: key } = config
  const store = await openDatabase(config)
  const bus = await openBus(config)
  const server = await serve({
    store,
    bus,
    hostname,
    port,
    certificate: cert === undefined || key === undefined ? undefined : { cert, key },
    data: directory,
    pages: await findPages(),
    durability,
    limits: limitOptionsOf(limits),
    authority,
    tokenCookie: config.tokenCookie,
    enforceIdentity: config.enforceIdentity === 'on',
    adminToken,
    origins: config.origin,
    trustedProxies: config.trustProxy,
    metricsListen: config.metricsListen,
    webhooksAllowPrivate: config.webhooksAllowPrivate,
    content: contentOf(config),
    mcp: config.mcp === 'on' ? await findAgents() : undefined,
  }).catch((error: unknown) => fail(`ytopic: ${whyNot(config, error)}`))
  const place = store === undefined ? directory : `${store.place}: ${store.saved}`
  const told = bus === undefined ? '' : `; hears other servers over ${bus.place}`
  const kept = `keeps documents in ${place} (durability ${durability})${told}`
  const { metricsUrl } = server
  if (metricsUrl !== undefined) console.log(`ytopic tells metrics at ${metricsUrl.href}metrics`)
  console.log(`ytopic serves ${server.url.href} and ${kept}; ${whoMayWhat(config)}`)
  let leaving = false
  const leave = (signal: string): void => {
    // A second signal is somebody who does not want to wait.
    if (leaving) process.exit(1)
    leaving = true
    console.log(`ytopic stops on ${signal}`)
    server.stop().then(({ written, pendingUpdates }) => {
      if (!written) {
        const what = `${pendingUpdates} updates are lost`
        console.error(`ytopic: the store did not take everything in time; ${what}`)
      }
      process.exit(written ? 0 : 1)
    }, reportBug)
  }
  process.on('SIGTERM', () => leave('SIGTERM'))
  process.on('SIGINT', () => leave('SIGINT'))
  process.on('SIGHUP', () => {
    if (config.tlsCert === undefined) leave('SIGHUP')
    else if (!leaving) reloadCertificate(server).catch(reportBug)
  })
  process.on('uncaughtException', reportBug)
  process.on('unhandledRejection', reportBug)
}

/** The database that keeps the documents; undefined where a directory does. */
async function openDatabase(config: Config): Promise<PostgresStore | undefined> {
  const { durability, limits } = config
  try {
    const connection = connectionOf(config)
    if (connection === undefined) return undefined
    const silenceMs = limits.store_silence_ms_max
    return await openPostgresStore({ ...connection, durability, silenceMs })
  } catch (error) {
    if (error instanceof StoreError || (error instanceof Error && 'code' in error)) {
      return fail(`ytopic: ${describeError(error)}`)
    }
    throw error
  }
}

/** How servers tell each other; undefined where there is one, or they have the store alone. */
async function openBus(config: Config): Promise<Bus | undefined> {
  const { bus: url } = config
  if (url === undefined) return undefined
  try {
    const password = await readText(config.busPasswordFile)
    return createRedisBus({ url, password, ca: await readText(config.busCaFile) })
  } catch (error) {
    return fail(`ytopic: ${describeError(error)}`)
  }
}

/** What decides who may what, with the keys and secrets that the flags name. */
async function readAuthentication(
  config: Config,
): Promise<{ readonly authority: Authority; readonly adminToken: string | undefined }> {
  const { jwtLeeway: leewayMs, limits } = config
  const anonymous = anonymousAccess(config)
  const clocks = { clock: systemClock, wallClock: systemWallClock }
  try {
    const decider = await readDecider(config, leewayMs)
    const authority = await createConfiguredAuthority({ decider, anonymous, ...clocks, limits })
    return { authority, adminToken: await readAdminToken(config) }
  } catch (error) {
    if (error instanceof AuthSetupError || (error instanceof Error && 'code' in error)) {
      return fail(`ytopic: ${describeError(error)}`)
    }
    throw error
  }
}

async function readDecider(config: Config, leewayMs: number): Promise<AuthSetup['decider']> {
  const { authWebhookUrl: url, jwtAudience: audience, jwtIssuer: issuer } = config
  if (url !== undefined) {
    const secret = config.authWebhookSecret ?? (await readText(config.authWebhookSecretFile))
    return { kind: 'webhook', url, secret }
  }
  const keys = await readKeySource(config)
  if (keys === undefined) return { kind: 'nobody' }
  const { jwtDocumentsClaim: documentsClaim } = config
  return { kind: 'jwt', keys, issuer, audience, leewayMs, documentsClaim }
}

async function readKeySource(config: Config): Promise<JwtKeySource | undefined> {
  const { jwtJwksUrl: url, jwtPublicKeyFile, jwtSecret, jwtSecretFile } = config
  const secret = jwtSecret ?? (await readText(jwtSecretFile))
  if (secret !== undefined) return { kind: 'secret', secret }
  const text = await readText(jwtPublicKeyFile)
  if (text !== undefined) return { kind: 'public', text }
  return url === undefined ? undefined : { kind: 'url', url }
}

/** @throws AuthSetupError when it is short enough to be guessed */
async function readAdminToken(config: Config): Promise<string | undefined> {
  const token = config.adminToken ?? (await readText(config.adminTokenFile))
  if (token === undefined || token.length >= adminTokenMin) return token
  throw new AuthSetupError(
    `The admin token has ${token.length} characters; use at least ${adminTokenMin}.`,
  )
}

/** A file's text without the line end behind it. */
async function readText(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : (await Bun.file(file).text()).trim()
}

/** How content is read, as far as the flags say. */
function contentOf({ defaultRoot, markupFile }: Config): ContentOptions {
  try {
    const markup = readMarkupFile(markupFile)
    return { roots: defaultRoot && Object.fromEntries(defaultRoot), markup }
  } catch (error) {
    return fail(`ytopic: ${describeError(error)}`)
  }
}

/** The endpoint for agents, whose packages are installed by whoever wants it. */
async function findAgents(): Promise<CreateAgentEndpoint> {
  try {
    return (await import('./mcp/agents.ts')).agents
  } catch (error) {
    return fail(`ytopic: ${mcpMissing} (${describeError(error)})`)
  }
}

/** The pages as they were built into the package; in a checkout they are bundled now. */
async function findPages(): Promise<Pages> {
  const built = resolve(import.meta.dir, '../pages')
  if (existsSync(built)) return readPages(built)
  const root = resolve(import.meta.dir, '..')
  return bundlePages({
    demo: join(root, 'editor-demo'),
    loader: join(root, 'editor/embed.ts'),
    frame: join(root, 'editor/frame/frame.html'),
    keeper: join(root, 'editor/offline/page-keeper.ts'),
  })
}

/** Why it does not serve. */
function whyNot({ host, port }: Config, error: unknown): string {
  if (error instanceof StoreError || error instanceof MetricsListenerError) {
    return describeError(error)
  }
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  const why = taken ? 'the port is taken; choose another with --port' : describeError(error)
  return `cannot listen on ${host}:${port}: ${why}`
}

/** A certificate that cannot be used leaves the one before it in force. */
async function reloadCertificate(server: RunningServer): Promise<void> {
  try {
    const now = await server.reloadCertificate()
    if (now !== undefined) console.log(`ytopic has a new certificate: ${now.names}, ${now.until}`)
  } catch (error) {
    console.error(`ytopic: keeps its certificate: ${describeError(error)}`)
  }
}

/** This process's standard streams. */
function terminal(): Terminal {
  const { stderr, stdout } = process
  let saidAt = systemClock.now()
  let shown = false
  const clear = (): void => {
    if (shown) stderr.write('\r\x1b[K')
    shown = false
  }
  return {
    print(line) {
      clear()
      console.log(line)
    },
    warn(line) {
      clear()
      console.error(line)
    },
    progress(line) {
      const now = systemClock.now()
      if (now - saidAt < (stderr.isTTY ? 200 : 5_000)) return
      saidAt = now
      clear()
      shown = stderr.isTTY
      stderr.write(shown ? line : `${line}\n`)
    },
    async write(bytes) {
      await Bun.write(Bun.stdout, bytes)
    },
    isTerminal: stdout.isTTY,
    clock: systemClock,
    wallClock: systemWallClock,
  }
}

/** Two copies of yjs in one process break its constructor checks: documents would not load. */
async function checkOneYjs(): Promise<void> {
  const ours = Bun.resolveSync('yjs/package.json', import.meta.dir)
  const protocols = dirname(Bun.resolveSync('y-protocols/package.json', import.meta.dir))
  const theirs = Bun.resolveSync('yjs/package.json', protocols)
  if (ours !== theirs) fail(`ytopic: there are two copies of yjs, ${ours} and ${theirs}; keep one`)
  const version = /"version": "([^"]+)"/.exec(await Bun.file(ours).text())?.[1] ?? ''
  const range = packageJson.peerDependencies.yjs
  if (Bun.semver.satisfies(version, range)) return
  fail(`ytopic: ${ours} is version ${version}; the server needs another: npm install yjs@${range}`)
}

/** A bug must not stop the process: others have documents open. */
function reportBug(error: unknown): void {
  console.error('ytopic: unexpected fault:', error)
}

function fail(line: string): never {
  console.error(line)
  process.exit(2)
}
