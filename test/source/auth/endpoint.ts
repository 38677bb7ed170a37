/** What the endpoint was asked. */
export interface Asked {
  readonly body: unknown
  readonly authorization: string | null
}

/** An endpoint of the owner's that decides as the test says. */
export class Endpoint {
  readonly asked: Asked[] = []
  /** What it answers; a promise that does not settle is an endpoint that hangs. */
  answer: (body: Readonly<Record<string, unknown>>) => Response | Promise<Response> = () =>
    Response.json({ access: 'write' })
  readonly #server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const body = (await request.json()) as Readonly<Record<string, unknown>>
      this.asked.push({ body, authorization: request.headers.get('authorization') })
      return this.answer(body)
    },
  })

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}/decide`
  }

  stop(): Promise<void> {
    return this.#server.stop(true)
  }
}
