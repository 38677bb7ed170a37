/** Who is at this page: `?name=bob` is somebody else. */
export const me: string = new URLSearchParams(location.search).get('name') ?? 'ana'

/** Asks this application's backend for a token. The element asks whenever the server wants one. */
export async function getToken(name: string): Promise<string> {
  const answer = await fetch(`/token?name=${encodeURIComponent(name)}`, { method: 'POST' })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.text()
}
