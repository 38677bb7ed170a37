import type { Locator } from 'playwright-core'
import { type Guest, select } from './people.ts'

/** Comments on words that somebody selects. */
export async function comment(guest: Guest, words: string, says: string): Promise<Locator> {
  await select(guest, words)
  return commentOnSelected(guest, says)
}

/** Comments on what is selected, and waits for the answer: the card has the keyboard then. */
export async function commentOnSelected(guest: Guest, says: string): Promise<Locator> {
  const card = await send(guest, says)
  await card.and(guest.page.locator(':focus')).waitFor()
  return card
}

/** Sends a comment on what is selected; its card may come before the answer. */
export async function send(guest: Guest, says: string): Promise<Locator> {
  await guest.page.getByRole('button', { name: 'Comment', exact: true }).click()
  await guest.comments.getByRole('textbox', { name: 'Comment' }).fill(says)
  await guest.page.keyboard.press('Control+Enter')
  const card = cardOf(guest, says)
  await card.waitFor()
  return card
}

/** The card of the thread in which that is said. */
export function cardOf({ comments }: Guest, says: string): Locator {
  return comments.getByRole('article').filter({ hasText: says })
}

/** The words that are marked, however many elements they are drawn as. */
export function marked({ text }: Guest): Promise<readonly string[]> {
  return text.locator('.ytopic-mark').allTextContents()
}

/** Opens the comments of a document that has none, and waits until that is known. */
export async function openNone(guest: Guest): Promise<void> {
  await guest.open('Comments')
  await guest.comments.getByText('No comments yet').waitFor()
}
