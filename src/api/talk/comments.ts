import type { Edits } from '../edits.ts'
import { type Catalog, settle } from '../catalog.ts'
import type { Grant } from '../../auth/authority.ts'
import { covers } from '../../base/access.ts'
import type { Chance } from '../../base/chance.ts'
import type { WallClock } from '../../base/clock.ts'
import { RefusalError } from '../../base/errors.ts'
import type { Limits } from '../../base/limits/limits.ts'
import { checkSaid, isLonger } from '../../base/said-text.ts'
import { commentsBeside } from '../../../persistence/companion.ts'
import type { Converter } from '../../ydoc/converter.ts'
import type {
  CommentAnchor,
  CommentIntent,
  CommentPerson,
  NewComment,
} from '../../ydoc/comments/comment-wish.ts'
import type { NewEvent } from '../../../persistence/store.ts'
import { checkDocumentName } from '../../protocol/document-name.ts'

/** What comments work with. */
export interface CommentsParts {
  readonly catalog: Catalog
  readonly edits: Edits
  readonly converter: Converter
  readonly chance: Chance
  readonly wallClock: WallClock
  /** Whether who somebody is stands in their grant alone. */
  readonly enforceIdentity: boolean
  readonly limits: Limits
}

/** What somebody says in a comment. */
export interface Said {
  readonly text: string
  /** Ids of people whom it mentions. */
  readonly mentions?: readonly string[] | undefined
}

/** Who says it. */
export interface Speaker {
  readonly grant: Grant
  /** Their own word of who they are, which counts only where nobody vouches for anybody. */
  readonly claimed?:
    | { readonly [Key in keyof CommentPerson]?: string | null | undefined }
    | undefined
}

/** What a comment is about, and where it stands. */
interface Place {
  readonly thread: string
  readonly comment: string
}

/**
 * Comments on documents, each document's in one beside it. Nobody else writes there: who says what
 * comes from grants, ids and times from the server. What is said here is on disk when it resolves.
 */
export class Comments {
  readonly #parts: CommentsParts

  constructor(parts: CommentsParts) {
    this.#parts = parts
  }

  /**
   * JSON of the threads on a document, in the order in which they were begun.
   * @param resolved only those that are, or are not; undefined for all
   * @throws RefusalError
   */
  async list(document: string, grant: Grant, resolved: boolean | undefined): Promise<string> {
    const { catalog, converter } = this.#parts
    await catalog.demandLive(document, grant.access === 'admin')
    const stored = await catalog.load(nameBeside(document))
    const threads = await converter.threads(catalog.contentOf(stored), resolved)
    return typeof threads === 'string' ? threads : settle<never>(threads)
  }

  /** Begins a thread; gives JSON of it. @throws RefusalError */
  async create(
    document: string,
    speaker: Speaker,
    anchor: CommentAnchor,
    said: Said,
  ): Promise<string> {
    this.#checkAnchor(anchor)
    const thread = this.#parts.chance.name()
    const intent = { act: 'create', thread, anchor, comment: this.#comment(said) } as const
    return there(await this.#act(document, speaker, intent))
  }

  /** Answers in a thread; gives JSON of the comment. @throws RefusalError */
  async reply(document: string, speaker: Speaker, thread: string, said: Said): Promise<string> {
    const comment = this.#comment(said)
    return there(await this.#act(document, speaker, { act: 'reply', thread, comment }))
  }

  /** Has a thread be done with, or not; gives JSON of it. @throws RefusalError */
  async resolve(
    document: string,
    speaker: Speaker,
    thread: string,
    resolved: boolean,
  ): Promise<string> {
    return there(await this.#act(document, speaker, { act: 'resolve', thread, resolved }))
  }

  /** Changes one's own comment; gives JSON of it. @throws RefusalError */
  async edit(
    document: string,
    speaker: Speaker,
    { comment, thread }: Place,
    text: string,
  ): Promise<string> {
    this.#checkText(text)
    const intent = { act: 'edit', thread, comment, text } as const
    return there(await this.#act(document, speaker, intent))
  }

  /** Deletes one's own comment, or with `admin` access anybody's. @throws RefusalError */
  async remove(document: string, speaker: Speaker, { comment, thread }: Place): Promise<void> {
    await this.#act(document, speaker, { act: 'remove', thread, comment })
  }

  /** Adds a reaction, or takes one’s own back; gives JSON of the comment. @throws RefusalError */
  async react(
    document: string,
    speaker: Speaker,
    { comment, thread }: Place,
    emoji: string,
    on: boolean,
  ): Promise<string> {
    if (!isEmoji(emoji)) throw new RefusalError('bad-request', 'A reaction is one emoji.')
    const intent = { act: 'react', thread, comment, emoji, on } as const
    return there(await this.#act(document, speaker, intent))
  }

  async #act(
    document: string,
    { claimed, grant }: Speaker,
    intent: CommentIntent,
  ): Promise<string | undefined> {
    const { catalog, edits, enforceIdentity, limits, wallClock } = this.#parts
    if (enforceIdentity && claimed !== undefined) {
      throw new RefusalError('bad-request', 'The token says who writes; leave "by" out.')
    }
    await catalog.demandLive(document, grant.access === 'admin')
    const known = enforceIdentity ? grant.who : { ...claimed, ...grant.who }
    const { color, id, name } = known ?? {}
    const actor = {
      by: { id: id ?? null, name: name ?? null, color: color ?? null },
      mayResolve: covers(grant.access, 'write'),
      mayRemove: covers(grant.access, 'admin'),
    }
    const at = new Date(wallClock()).toISOString()
    const change = { kind: 'comments', intent, actor, at, limits: limitsIn(limits) } as const
    const { told } = await edits.write({
      document: nameBeside(document),
      grant,
      wanted: { kind: 'change', change },
      creates: true,
      events: eventsOf(document, intent, actor.by),
    })
    return told
  }

  #comment({ mentions = [], text }: Said): NewComment {
    this.#checkText(text)
    const most = this.#parts.limits.comment_mentions_max
    if (mentions.length > most) {
      throw new RefusalError('bad-request', `A comment mentions ${most} people at most.`)
    }
    return { id: this.#parts.chance.name(), text, mentions }
  }

  #checkText(text: string): void {
    const most = this.#parts.limits.comment_text_characters_max
    checkSaid(text, most, `${most} characters are the limit (--comment-text-characters-max).`)
  }

  #checkAnchor(anchor: CommentAnchor): void {
    const most = this.#parts.limits.comment_quote_characters_max
    for (const [name, value] of Object.entries(anchor)) {
      if (typeof value !== 'string') continue
      if (isLonger(value, most)) {
        const detail = `The anchor’s ${name} is too long; ${most} characters are the limit.`
        throw new RefusalError('bad-request', detail)
      }
      if (!value.isWellFormed()) {
        throw new RefusalError('bad-request', `The anchor’s ${name} is not well-formed Unicode.`)
      }
    }
  }
}

/** Those that are looked at where comments are changed. */
function limitsIn(limits: Limits) {
  const { comment_reactions_max, comment_reactions_of_one_max, comment_threads_max } = limits
  const { comments_bytes_max, comments_in_thread_max } = limits
  const reactions = { comment_reactions_max, comment_reactions_of_one_max }
  return { ...reactions, comment_threads_max, comments_bytes_max, comments_in_thread_max }
}

/** What is told after a change, which nobody else comes in between of. */
function there(told: string | undefined): string {
  if (told === undefined) throw new RefusalError('no-such-comment')
  return told
}

/** What happens by a change of the comments on a document, where it is one. */
function eventsOf(
  document: string,
  intent: CommentIntent,
  by: CommentPerson,
): readonly NewEvent[] | undefined {
  const { act, thread } = intent
  if (act === 'create' || act === 'reply') {
    const { id: comment, mentions } = intent.comment
    return [{ type: 'comment.created', document, data: { thread, comment, by, mentions } }]
  }
  if (act !== 'resolve' || !intent.resolved) return undefined
  return [{ type: 'comment.resolved', document, data: { thread, by } }]
}

/** @throws RefusalError `bad-name` of a document whose name leaves no room for that */
function nameBeside(document: string): string {
  const verdict = checkDocumentName(commentsBeside(document))
  if (verdict.kind === 'name') return verdict.name
  throw new RefusalError('bad-name', 'A document with a name as long as this has no comments.')
}

/** Whether it is one emoji, as Unicode recommends them. */
function isEmoji(text: string): boolean {
  return /^\p{RGI_Emoji}$/v.test(text)
}
