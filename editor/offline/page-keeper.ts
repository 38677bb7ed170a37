/** Where a page for documents stands, whatever document it is for. */
const places = ['/d/', '/embed/'] as const

/** What the pages are made of, under names that change with the content. */
const assets = /^\/(?:embed-)?assets\//

/** So long a server may take to answer with a page that is kept. */
const patienceMs = 3_000

interface LastingEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}

interface RequestEvent extends LastingEvent {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}

interface TellingEvent extends LastingEvent {
  readonly data: unknown
}

/** What a service worker is, as far as this one goes. */
interface Keeper {
  readonly skipWaiting: () => Promise<void>
  addEventListener(type: 'install', hear: (event: LastingEvent) => void): void
  addEventListener(type: 'fetch', hear: (event: RequestEvent) => void): void
  addEventListener(type: 'message', hear: (event: TellingEvent) => void): void
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the types know pages alone
const keeper = globalThis as unknown as Keeper

// It stands between a page and its server, and keeps the page itself and what that is made of: no
// answer of the API, nothing of a document, no address of one.
keeper.addEventListener('install', (event) => event.waitUntil(keeper.skipWaiting()))
keeper.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request
  const { origin, pathname } = new URL(url)
  if (method !== 'GET' || origin !== location.origin) return
  const place = places.find((one) => pathname.startsWith(one))
  if (mode === 'navigate' && place !== undefined) event.respondWith(pageAt(place, event.request))
  else if (assets.test(pathname)) event.respondWith(asset(event.request))
})
keeper.addEventListener('message', (event) => {
  const { data } = event
  if (typeof data !== 'object' || data === null || !('place' in data && 'loaded' in data)) return
  const place = places.find((one) => one === data.place)
  if (place === undefined || !Array.isArray(data.loaded)) return
  event.waitUntil(keep(place, data.loaded.map(String)))
})

/** The server's page, so that a new one is taken at once; what was kept where none comes. */
async function pageAt(place: string, request: Request): Promise<Response> {
  const kept = await (await caches.open(place)).match(place)
  if (kept === undefined) return fetch(request)
  const late = new Promise<Response>((answerWith) => {
    setTimeout(() => answerWith(kept), patienceMs)
  })
  const answer = await Promise.race([fetch(request).catch(() => kept), late])
  return answer.status < 500 ? answer : kept
}

async function asset(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request)
}

/**
 * Keeps a page with what it has loaded, so that it opens again with just that: what is kept of
 * another deploy goes when this one is whole.
 */
async function keep(place: string, loaded: readonly string[]): Promise<void> {
  const answer = await fetch(place, { cache: 'no-cache' })
  if (!answer.ok) return
  const html = await answer.clone().text()
  const linked = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path)
  // The page that has told this may be of the deploy before.
  if (!linked.every((path) => path !== undefined && loaded.includes(path))) return
  const cache = await caches.open(place)
  const wanted = loaded.filter((path) => assets.test(path))
  await Promise.all(wanted.map(async (path) => (await cache.match(path)) ?? cache.add(path)))
  const before = await (await cache.match(place))?.text()
  await cache.put(place, answer)
  if (before === undefined || before === html) return
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url)
    if (pathname !== place && !wanted.includes(pathname)) await cache.delete(pathname)
  }
}
