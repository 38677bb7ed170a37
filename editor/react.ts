import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type { YtopicEditor } from './element.ts'
import type { Kind } from './attributes.ts'
import type { Person } from './link/person.ts'
import type { Token } from './link/session.ts'
import type { CommentTold } from './panels/panel.ts'
import type { Situation } from './words.ts'

type Hear<Detail = null> = (event: CustomEvent<Detail>) => void

/** What `<ytopic-editor>` takes in JSX, beside what every element takes. */
export interface YtopicEditorProps {
  readonly server?: string | undefined
  readonly document?: string | undefined
  readonly kind?: Kind | undefined
  readonly root?: string | undefined
  readonly language?: string | undefined
  readonly readonly?: boolean | undefined
  readonly frame?: boolean | undefined
  readonly placeholder?: string | undefined
  readonly theme?: 'auto' | 'light' | 'dark' | undefined
  readonly toolbar?: 'full' | 'compact' | 'none' | undefined
  readonly panels?: string | undefined
  readonly offline?: string | boolean | undefined
  readonly name?: string | undefined
  readonly 'user-name'?: string | undefined
  readonly 'user-color'?: string | undefined
  readonly token?: Token | undefined
  readonly user?: Partial<Person> | undefined
  readonly doc?: YtopicEditor['doc']
  readonly extensions?: readonly unknown[] | undefined
  readonly onready?: Hear | undefined
  readonly onsynced?: Hear | undefined
  readonly onsaved?: Hear | undefined
  readonly onchange?: Hear | undefined
  readonly onpresence?: Hear | undefined
  readonly onstanding?: Hear<Situation> | undefined
  readonly onrefused?: Hear<Situation> | undefined
  readonly oncomment?: Hear<CommentTold> | undefined
  readonly onmention?: Hear<CommentTold> | undefined
  readonly onpanel?: Hear | undefined
  readonly onreplaced?: Hear | undefined
  readonly onfollow?: Hear | undefined
}

type Shared = DetailedHTMLProps<HTMLAttributes<YtopicEditor>, YtopicEditor>

declare module 'react' {
  // oxlint-disable-next-line typescript/no-namespace -- React is told of tags in no other way
  namespace JSX {
    interface IntrinsicElements {
      'ytopic-editor': Omit<Shared, keyof YtopicEditorProps> & YtopicEditorProps
    }
  }
}
