import * as Y from 'yjs'
import { craftDeletes, craftGaps, craftUpdate } from '../../test/support/harness/crafted.ts'
import { answers } from './asking.ts'
import { collected, farAheadUpdate, oneSection } from './crafted.ts'
import {
  crowdUpdate,
  deletesUpdate,
  numbers,
  step2Message,
  typedMessages,
  updateMessage,
} from './messages.ts'
import type { Guest, Sent, Shape } from './shape.ts'

const author = 1_000_000_007
const clientIds = 'client ids'
const emptyStep2 = step2Message(Uint8Array.of(0, 0))

const from = (guest: Guest, messages: readonly Uint8Array[]): readonly Sent[] =>
  messages.map((message) => [guest, message])

/** A hundred numbers, others in each round. */
const hundred = (round: number): readonly number[] =>
  Array.from({ length: 100 }, (_, index) => 100 * round + index)

/** Somebody deletes every second clock of one author. @returns how many */
function deleteMuch(guest: Guest, size: number, first = 0): number {
  const count = Math.round(size * 400_000)
  guest.take(updateMessage(craftDeletes(author, count, first)))
  return count
}

/** The measure of all: letters that somebody types. */
export const typing: Shape = {
  name: 'plain typing',
  prepare({ join }) {
    const [writer] = [join(), join()]
    const messages = typedMessages(12_000, author)
    return (round) => from(writer, messages.slice(round * 400, (round + 1) * 400))
  },
}

/** What comes as updates and step 2. */
export const writing: readonly Shape[] = [
  {
    name: 'one large paste',
    prepare({ join }) {
      const writer = join()
      return (round) => [
        [
          writer,
          updateMessage(craftUpdate([{ client: author + round, text: 'x'.repeat(20_000) }])),
        ],
      ]
    },
  },
  ...farAheadDeletes(),
  {
    name: 'one new delete and an empty step 2, 400,000 ranges held',
    prepare({ join }, size) {
      const writer = join()
      const count = deleteMuch(writer, size)
      const deleteAt = (place: number): Uint8Array =>
        updateMessage(deletesUpdate([[2 * (count + place), 1]], author))
      return (round) =>
        hundred(round).flatMap((place) => from(writer, [deleteAt(place), emptyStep2]))
    },
  },
  {
    name: 'one new delete in front, 400,000 ranges held',
    prepare({ join }, size) {
      const writer = join()
      deleteMuch(writer, size, 10_000)
      const deleteAt = (place: number): Uint8Array =>
        updateMessage(deletesUpdate([[2 * (4_000 - place), 1]], author))
      return (round) => from(writer, hundred(round).map(deleteAt))
    },
  },
  {
    name: '17 new deletes in front at once, 400,000 ranges held',
    prepare({ join }, size) {
      const writer = join()
      deleteMuch(writer, size, 200_000)
      const ranges = (place: number): [number, number][] =>
        Array.from({ length: 17 }, (_, index) => [34 * place + 2 * index, 1])
      return (round) =>
        hundred(round).map((place) => [writer, updateMessage(deletesUpdate(ranges(place), author))])
    },
  },
  {
    name: '400,000 known deletes and one new one, as step 2',
    prepare({ join }, size) {
      const writer = join()
      const count = deleteMuch(writer, size)
      return (round) => [[writer, step2Message(craftDeletes(author, count + round + 1))]]
    },
  },
  {
    name: 'known runs over 1,000 gaps',
    prepare({ join }, size) {
      const writer = join()
      const gaps = updateMessage(craftGaps(author, Math.round(size * 999)))
      writer.take(gaps)
      return () => from(writer, [gaps, gaps])
    },
  },
  {
    name: 'letters behind 1,000 gaps that fill',
    prepare({ join }, size) {
      const writer = join()
      const count = Math.round(size * 900)
      return (round) => [
        [writer, updateMessage(craftGaps(author + round, count))],
        [writer, updateMessage(collected(author + round, 2 * count))],
      ]
    },
  },
  {
    name: 'ten thousand client ids in one update',
    charged: clientIds,
    prepare({ join }, size) {
      const count = Math.round(size * 10_000)
      return (round) => [[join(), updateMessage(crowdUpdate(count, author + round * count))]]
    },
  },
  {
    name: 'letters that depend on ten thousand others',
    prepare({ join }, size) {
      const writer = join()
      const count = Math.round(size * 9_000)
      writer.take(updateMessage(crowdUpdate(count, author)))
      return (round) => {
        const items = Array.from({ length: count }, (_, index) => ({
          client: 50 + round,
          clock: index,
          origin: [author + index, 0] as const,
        }))
        return [[writer, updateMessage(oneSection(items))]]
      }
    },
  },
  {
    name: 'a letter whose past is missing, each of a client id of its own',
    charged: clientIds,
    prepare({ join }) {
      return (round) => {
        const writer = join()
        const first = 101 * round
        // The last one brings what the others wait for.
        const waiting = hundred(round).map((place) =>
          updateMessage(craftUpdate([{ client: 9_000 + place, origin: [77, first + 100] }])),
        )
        const text = 'x'.repeat(101)
        const past = updateMessage(craftUpdate([{ client: 77, clock: first, text }]))
        return from(writer, [...waiting, past])
      }
    },
  },
  {
    name: 'names of root types by turns',
    prepare({ join }, size) {
      const writer = join()
      return (round) => {
        const items = Array.from({ length: Math.round(size * 4_000) }, (_, index) => ({
          client: 50 + round,
          clock: index,
          root: index % 2 === 0 ? 'a' : 'b',
        }))
        return [[writer, updateMessage(oneSection(items))]]
      }
    },
  },
  {
    name: 'updates that are put in order: text of length zero',
    prepare({ join }, size) {
      const writer = join()
      return (round) => {
        const items = Array.from({ length: Math.round(size * 4_000) }, (_, index) => ({
          client: 50 + round,
          clock: Math.ceil(index / 2),
          text: index % 2 === 0 ? 'x' : '',
        }))
        return [[writer, updateMessage(oneSection(items))]]
      }
    },
  },
  {
    name: 'updates that are put in order: one client many times over',
    prepare({ join }, size) {
      return (round) => {
        const items = Array.from({ length: Math.round(size * 2_000) }, (_, index) => ({
          client: 50 + round,
          clock: index % 7,
          text: 'x'.repeat(1 + (index % 5)),
        }))
        return [[join(), updateMessage(craftUpdate(items))]]
      }
    },
  },
  {
    name: 'small updates that do not decode',
    prepare({ join }) {
      const broken = updateMessage(Uint8Array.of(1, 1, 5, 0, 4, 1))
      const wishes = { echo: false, saved: false, statuses: true }
      return () => {
        const writer = join(wishes)
        return from(writer, Array<Uint8Array>(200).fill(broken))
      }
    },
  },
  {
    name: 'keystrokes of a reader',
    prepare({ join }) {
      const wishes = { echo: false, saved: false, statuses: true }
      const messages = typedMessages(200, author)
      return () => from(join(wishes, 'read'), messages)
    },
  },
  {
    name: 'deletes of ten thousand strangers',
    charged: clientIds,
    prepare({ join }, size) {
      const count = Math.round(size * 9_000)
      return (round) => {
        const deletes: number[] = [0, count]
        for (let index = count - 1; index >= 0; index--) {
          deletes.push(author + round * count + index, 1, 0, 1)
        }
        return [[join(), updateMessage(numbers(...deletes))]]
      }
    },
  },
  {
    name: 'an empty step 2',
    prepare({ join }) {
      const writer = join()
      return () => from(writer, Array<Uint8Array>(200).fill(emptyStep2))
    },
  },
  {
    name: 'what is known, letter by letter',
    prepare({ join }, size) {
      const writer = join()
      const messages = typedMessages(Math.round(size * 8_000), author)
      for (const message of messages) writer.take(message)
      return () => from(writer, messages.slice(-150))
    },
  },
  {
    name: 'known letters of one long text',
    charged: answers,
    prepare({ join }, size) {
      const writer = join()
      const length = Math.round(size * 200_000)
      writer.take(updateMessage(craftUpdate([{ client: author, text: 'x'.repeat(length) }])))
      const letters = Array.from({ length: 100 }, (_, index) => {
        const clock = length - 1 - index
        return updateMessage(craftUpdate([{ client: author, clock, origin: [author, clock - 1] }]))
      })
      return () => from(writer, letters)
    },
  },
  {
    name: 'small edits of rich text',
    prepare({ join }) {
      const writer = join()
      const document = new Y.Doc()
      const messages: Uint8Array[] = []
      document.on('update', (update: Uint8Array) => messages.push(updateMessage(update)))
      const text = document.getText('rich')
      for (let index = 0; index < 6_000; index++) text.insert(0, 'x', { bold: index % 2 === 0 })
      return (round) => from(writer, messages.slice(round * 200, (round + 1) * 200))
    },
  },
]

/** Runs by the ten thousand, and as many deletes that no run reaches. */
function farAheadDeletes(): readonly Shape[] {
  const update = (size: number, round: number): Uint8Array => {
    const count = Math.round(size * 20_000)
    return farAheadUpdate(count, author + round * count)
  }
  return [
    {
      name: 'far-ahead deletes over many runs, as an update',
      prepare({ join }, size) {
        return (round) => [[join(), updateMessage(update(size, round))]]
      },
    },
    {
      name: 'far-ahead deletes over many runs, as a reader’s step 2',
      prepare({ join }, size) {
        return (round) => [[join(undefined, 'read'), step2Message(update(size, round))]]
      },
    },
  ]
}
