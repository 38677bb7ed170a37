import { beforeEach, expect, test } from 'bun:test'
import * as Y from 'yjs'
import { changeComments } from '../../../../src/ydoc/comments/change-comments.ts'
import type { CommentIntent } from '../../../../src/ydoc/comments/comment-wish.ts'
import { threadsJson } from '../../../../src/ydoc/comments/tell-comments.ts'
import { UnfitError } from '../../../../src/ydoc/content/content-wish.ts'

let doc: Y.Doc

beforeEach(() => {
  doc = new Y.Doc()
})

const limits = {
  comments_bytes_max: 1_000_000,
  comment_threads_max: 3,
  comments_in_thread_max: 9,
  comment_reactions_max: 5,
  comment_reactions_of_one_max: 2,
}

const day = 24 * 60 * 60 * 1_000

function change(intent: CommentIntent, id = 'ann', time = 0, on = doc): void {
  const by = { id, name: id, color: null }
  const actor = { by, mayResolve: false, mayRemove: false }
  changeComments(on, { kind: 'comments', intent, actor, at: new Date(time).toISOString(), limits })
}

function begin(thread: string, time = 0): void {
  const anchor = { root: 't', quote: 'words' }
  const comment = { id: `${thread}-1`, text: 'x', mentions: [] }
  change({ act: 'create', thread, anchor, comment }, 'ann', time)
}

function remove(thread: string, time = 0, on = doc): void {
  change({ act: 'remove', thread, comment: `${thread}-1` }, 'ann', time, on)
}

function shown(on = doc): readonly string[] {
  const { threads } = JSON.parse(threadsJson(on, undefined)) as {
    readonly threads: readonly { readonly id: string }[]
  }
  return threads.map(({ id }) => id)
}

test('COMMENT-14: a thread without comments is none, and gone after a day', () => {
  begin('a')
  begin('b')
  remove('a', 1)
  expect(shown()).toEqual(['b'])
  const reply = {
    act: 'reply',
    thread: 'a',
    comment: { id: '2', text: 'y', mentions: [] },
  } as const
  expect(() => change(reply)).toThrow(UnfitError)
  expect(() => change({ act: 'resolve', thread: 'a', resolved: true })).toThrow(UnfitError)
  begin('c', day)
  expect([...doc.getMap('threads').keys()].toSorted()).toEqual(['a', 'b', 'c'])
  begin('d', day + 2)
  expect([...doc.getMap('threads').keys()].toSorted()).toEqual(['b', 'c', 'd'])
  // Three are the limit, and what is empty is none of them.
  expect(() => begin('e', day + 2)).toThrow(UnfitError)
  remove('b', day + 2)
  begin('e', day + 2)
  expect(shown()).toEqual(['c', 'd', 'e'])
})

test('COMMENT-14: an answer that was taken elsewhere meanwhile stays with its thread', () => {
  begin('a')
  const other = new Y.Doc()
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc))
  const comment = { id: '2', text: 'y', mentions: [] }
  change({ act: 'reply', thread: 'a', comment }, 'bob', 1, other)
  remove('a', 1)
  for (const [from, to] of [
    [doc, other],
    [other, doc],
  ] as const) {
    Y.applyUpdate(to, Y.encodeStateAsUpdate(from))
  }
  for (const one of [doc, other]) {
    expect(JSON.parse(threadsJson(one, undefined))).toMatchObject({
      threads: [{ id: 'a', comments: [{ id: '2', text: 'y' }] }],
    })
  }
  begin('b', 2 * day)
  expect(shown()).toEqual(['a', 'b'])
})

test('COMMENT-15: one person reacts in so many ways, and leaves room for the others', () => {
  begin('a')
  const react = (emoji: string, id: string, on = true): void =>
    change({ act: 'react', thread: 'a', comment: 'a-1', emoji, on }, id)
  react('👍', 'ann')
  react('👎', 'ann')
  expect(() => react('🎉', 'ann')).toThrow(/2 reactions of one person/)
  // Somebody else, though their id ends like another's.
  react('🎉', 'bob ann')
  react('👍', 'bob')
  react('👍', 'ann', false)
  react('🎉', 'ann')
  react('👍', 'eve')
  expect(() => react('👍', 'dan')).toThrow(/5 reactions to one/)
})
