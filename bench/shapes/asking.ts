import { craftDeletes } from '../../test/support/harness/crafted.ts'
import {
  awarenessMessage,
  crowdUpdate,
  deletesUpdate,
  numbers,
  step1Message,
  typedMessages,
  updateMessage,
} from './messages.ts'
import type { Shape } from './shape.ts'

const author = 1_000_000_007
/** What is read to answer. */
export const answers = 'answers'
const queryAwareness = Uint8Array.of(3)

/** What comes as questions and presence. */
export const asking: readonly Shape[] = [
  {
    name: 'step 1 with an empty state vector',
    charged: answers,
    prepare({ join }) {
      const guest = join()
      for (const message of typedMessages(400, author)) guest.take(message)
      const question = step1Message(Uint8Array.of(0))
      return () => Array.from({ length: 100 }, () => [guest, question] as const)
    },
  },
  {
    name: 'a letter and an up-to-date step 1, 9,000 clients known',
    charged: answers,
    prepare({ join }, size) {
      const guest = join()
      const count = Math.round(size * 9_000)
      guest.take(updateMessage(crowdUpdate(count, author)))
      const clocks = Array.from({ length: count }, (_, index) => [author + count - 1 - index, 1])
      const messages = typedMessages(200, 50)
      return (round) => [
        [guest, messages[round] ?? Uint8Array.of()],
        [guest, step1Message(numbers(count + 1, ...clocks.flat(), 50, round + 1))],
      ]
    },
  },
  {
    name: 'a delete and an up-to-date step 1, 400,000 ranges held',
    charged: answers,
    prepare({ join }, size) {
      const guest = join()
      const count = Math.round(size * 400_000)
      guest.take(updateMessage(craftDeletes(author, count)))
      guest.take(updateMessage(crowdUpdate(1, 50)))
      return (round) => [
        [guest, updateMessage(deletesUpdate([[2 * (count + round), 1]], author))],
        [guest, step1Message(numbers(1, 50, 1))],
      ]
    },
  },
  {
    name: 'a state vector of 50,000 strangers',
    charged: answers,
    prepare({ join }, size) {
      const guest = join()
      guest.take(typedMessages(1, author)[0] ?? Uint8Array.of())
      const count = Math.round(size * 50_000)
      const clocks = Array.from({ length: count }, (_, index) => [author + index, 1])
      const vector = numbers(count, ...clocks.flat())
      return () => [[guest, step1Message(vector)]]
    },
  },
  {
    name: 'query awareness with 20,000 who have left',
    charged: answers,
    prepare({ join }, size) {
      for (let visit = 0; visit < 20 * size; visit++) {
        const visitor = join()
        const entries = Array.from(
          { length: 999 },
          (_, index) => [1_000 * visit + index, 1, '{}'] as const,
        )
        visitor.take(awarenessMessage(entries))
        visitor.session.end()
      }
      const guest = join()
      return () => Array.from({ length: 20 }, () => [guest, queryAwareness] as const)
    },
  },
  {
    name: 'a caret that moves',
    prepare({ join }) {
      const guest = join()
      const state = (at: number): string =>
        JSON.stringify({
          user: { name: 'Ada', color: '#30bced' },
          cursor: { anchor: at, head: at },
        })
      return (round) =>
        Array.from({ length: 100 }, (_, index) => {
          const clock = round * 100 + index + 1
          return [guest, awarenessMessage([[7, clock, state(clock)]])] as const
        })
    },
  },
  {
    name: 'a presence state of 60 KB, nested 60 levels deep',
    prepare({ join }) {
      const guest = join()
      const nest = '['.repeat(60) + ']'.repeat(60)
      const state = `[${Array<string>(490).fill(nest).join(',')}]`
      return (round) => [[guest, awarenessMessage([[7, round + 1, state]])]]
    },
  },
  {
    name: '1,000 presence entries in one message',
    prepare({ join }, size) {
      const guest = join()
      return (round) => {
        const entries = Array.from(
          { length: Math.round(size * 1_000) },
          (_, index) => [index, round + 1, '{}'] as const,
        )
        return [[guest, awarenessMessage(entries)]]
      }
    },
  },
]
