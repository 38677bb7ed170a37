import { z } from 'zod'
import type { Who } from '../auth/authority.ts'
import type { Cancel } from '../base/clock.ts'
import { RefusalError } from '../base/errors.ts'
import type { AgentAsking, AgentHost, AgentParts } from '../documents/agent-host.ts'
import type { OpenDocument } from '../documents/open-document.ts'

/** What an agent is told when something is refused: its text is the tool's answer. */
export class AgentRefusal extends Error {
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

/** Content with the form in which it is told. */
export interface Told {
  readonly text: string
  readonly format: 'markdown' | 'text'
}

const problem = z.object({ detail: z.string() })

/** What people with an agent in their document see of it. */
type Doing = 'reading' | 'writing'

/** Where it is seen, and what ends that. */
interface Seen {
  readonly opening: Promise<OpenDocument>
  readonly cancel: Cancel
}

/** One agent at work: its requests, and where others see it. */
export class Desk {
  readonly #parts: AgentParts
  readonly #seen = new Map<string, Seen>()
  /** As whom it is seen. */
  #caller: string | undefined

  constructor(parts: AgentParts) {
    this.#parts = parts
  }

  /** Asks the API. @throws AgentRefusal */
  async ask(
    host: AgentHost,
    as: Who,
    method: string,
    path: string,
    asking: AgentAsking = {},
  ): Promise<Response> {
    this.#become(host)
    const answer = await host.ask(method, path, asking, as)
    if (answer.ok) return answer
    const read = problem.safeParse(await answer.json().catch(() => undefined))
    const said = read.success ? read.data.detail : `The server answered ${answer.status}.`
    throw new AgentRefusal(said, answer.status)
  }

  /** Reads a document as Markdown, or as text where it has no form to speak of. */
  async read(host: AgentHost, as: Who, path: string, root: string | undefined): Promise<Told> {
    const asIn = async (format: Told['format']): Promise<Told> => {
      const answer = await this.ask(host, as, 'GET', path, { query: { format, root } })
      return { format, text: await answer.text() }
    }
    try {
      return await asIn('markdown')
    } catch (error) {
      const isOther = error instanceof AgentRefusal && [400, 406, 409, 422].includes(error.status)
      if (!isOther) throw error
      return asIn('text')
    }
  }

  /** Shows the agent to those who are in a document, for a while. */
  async show(host: AgentHost, as: Who, document: string, doing: Doing): Promise<void> {
    this.#become(host)
    const state = { agent: as.name, doing }
    const known = this.#seen.get(document)
    known?.cancel()
    const opening = known?.opening ?? host.enter(document, state, as)
    const { clock, limits } = this.#parts
    const cancel = clock.after(limits.agent_presence_ms, () => this.#leave(document))
    this.#seen.set(document, { opening, cancel })
    try {
      const opened = await opening
      opened.show(state)
    } catch (error) {
      // Who is not seen, as in a full room, may still read and write over HTTP.
      if (!(error instanceof RefusalError)) throw error
      this.#leave(document)
    }
  }

  /** Leaves all documents. */
  end(): void {
    for (const document of this.#seen.keys()) this.#leave(document)
  }

  /** Who comes with another token is somebody else, whom nobody has seen yet. */
  #become({ caller }: AgentHost): void {
    if (this.#caller !== caller) this.end()
    this.#caller = caller
  }

  #leave(document: string): void {
    const seen = this.#seen.get(document)
    this.#seen.delete(document)
    seen?.cancel()
    seen?.opening.then(
      (opened) => opened.close(),
      () => undefined,
    )
  }
}
