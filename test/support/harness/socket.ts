/** Bun's own client can set headers, which the type of browsers does not know. */
type Constructor = new (
  url: string,
  options: { readonly headers: Readonly<Record<string, string>> },
) => WebSocket

/** A socket whose upgrade carries those headers. */
export function socketWith(url: string, headers: Readonly<Record<string, string>>): WebSocket {
  const WithHeaders = WebSocket as unknown as Constructor
  return new WithHeaders(url, { headers })
}
