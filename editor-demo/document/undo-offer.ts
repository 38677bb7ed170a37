import { piece, press } from '../../editor/panels/piece.ts'

const offeredForMs = 10_000

/** Says what was done and lets it be undone for a while. */
export function offerUndo(words: string, undo: () => void): void {
  document.querySelector('.offer')?.remove()
  const offer = piece('div', 'offer', piece('span', '', words))
  offer.role = 'status'
  const ending = setTimeout(() => offer.remove(), offeredForMs)
  const button = press('Undo', () => {
    clearTimeout(ending)
    offer.remove()
    undo()
  })
  offer.append(button)
  document.body.append(offer)
}
