import { attributeNames } from '../attributes.ts'
import type { Counts, PanelName } from '../panels/panel.ts'
import type { Passage } from '../panels/passages.ts'
import type { CommentTold } from '../panels/panel.ts'
import type { Person } from '../link/person.ts'
import type { Situation } from '../words.ts'

/** What an element in a frame is told of the one around it. */
export const framedAttributes = [
  ...attributeNames.reopen.filter((name) => !['server', 'document', 'frame'].includes(name)),
  ...attributeNames.refresh,
  'theme',
  'toolbar',
  'lang',
] as const

/** How a document in a frame is to be seen. */
export interface Wishes {
  /** By their names; what is not there is taken away. */
  readonly attributes: Readonly<Record<string, string>>
  readonly label: string
  readonly user: Person
}

/** What the element says to the frame, over the port between them. */
export type ToFrame =
  | ({ readonly type: 'wishes' } & Wishes)
  /** One of its methods; the answer to `flush` goes to the port that comes with it. */
  | { readonly type: 'focus' | 'connect' | 'disconnect' | 'flush' }
  | { readonly type: 'comment'; readonly range: Passage | undefined }
  | { readonly type: 'panel'; readonly name: PanelName | undefined }
  | { readonly type: 'follow' | 'go-to'; readonly clientId: number | undefined }

/** What is known of the document in the frame. */
export interface Mirror {
  readonly standing: Situation
  readonly saved: boolean
  readonly panel: PanelName | undefined
  readonly counts: Counts
  readonly followed: number | undefined
}

/** What is written in it. */
export interface Content {
  /** A picture has no text and is something all the same. */
  readonly isEmpty: boolean
  readonly text: string
  readonly value: string
  readonly json: unknown
}

/** What the frame says to the element. */
export type FromFrame =
  /** A token is to go to the port that comes with it. */
  | { readonly type: 'token' }
  | { readonly type: 'height'; readonly height: number }
  | {
      readonly type: 'event'
      readonly name: string
      /** What is told of a comment. */
      readonly detail: CommentTold | undefined
      readonly mirror: Mirror
      readonly content: Content | undefined
    }

type Answer = { readonly value: unknown } | { readonly failure: string }

/** Says something over a port, and waits for what is answered to it. */
export function ask(port: MessagePort, message: ToFrame | FromFrame): Promise<unknown> {
  const { port1: ours, port2: theirs } = new MessageChannel()
  return new Promise((resolve, reject) => {
    ours.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      ours.close()
      if ('failure' in data) reject(new Error(data.failure))
      else resolve(data.value)
    })
    ours.start()
    port.postMessage(message, [theirs])
  })
}

/** Answers what was asked. */
export function answer(port: MessagePort | undefined, made: Promise<unknown>): void {
  const say = (said: Answer): void => port?.postMessage(said)
  made.then(
    (value) => say({ value }),
    (error: unknown) => say({ failure: error instanceof Error ? error.message : String(error) }),
  )
}
