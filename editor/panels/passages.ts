/** A stretch of a text, in characters from its beginning; blocks are parted by line breaks. */
export interface Passage {
  readonly from: number
  readonly to: number
}

/** A passage that is marked. */
export interface Mark extends Passage {
  readonly id: string
  /** Whether it is the one that is looked at. */
  readonly isActive: boolean
}

/** A passage as Yjs knows its ends: they move with what is written before and in it. */
export interface RelativePassage {
  readonly from: Uint8Array
  readonly to: Uint8Array
}

/** What can be made of what is selected, by a button beside it. */
export interface Format {
  readonly label: string
  /** The path of its picture, 20 by 20. */
  readonly icon: string
  /** Whether it holds there. */
  readonly isOn: boolean
  readonly press: () => void
}

/** A text as comments see it, whatever its editor is. */
export interface Passages {
  /** The text alone. */
  readonly text: string
  /** What is selected; undefined where nothing is. */
  readonly selected: Passage | undefined
  /** Where the caret stands. */
  readonly caret: number
  /** The most wanted formats; none where nothing may be written. */
  readonly formats: readonly Format[]
  /** Whether the keyboard is in the text. */
  readonly isFocused: boolean
  /** Marks these passages, and no others. */
  mark(marks: readonly Mark[]): void
  toRelative(passage: Passage): RelativePassage | undefined
  /** Where its ends are now; undefined where they are not known. */
  fromRelative(passage: RelativePassage): Passage | undefined
  /** Where it is seen on the screen; undefined where it is not. */
  boxOf(passage: Passage): DOMRect | undefined
  /** Brings it into sight, at the top where something covers the middle. */
  reveal(passage: Passage, place?: 'center' | 'start'): void
  /** Selects it, and puts the keyboard there. */
  select(passage: Passage): void
  /** Calls `listener` when text or selection are others; gives the function that ends it. */
  watch(listener: () => void): () => void
}
