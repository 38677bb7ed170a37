const offeredForMs = 10_000

/** Says what was done and lets it be undone for a while. */
export function offerUndo(words: string, undo: () => void): void {
  document.querySelector('.offer')?.remove()
  const offer = document.createElement('div')
  offer.className = 'offer'
  offer.role = 'status'
  const said = document.createElement('span')
  said.textContent = words
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = 'Undo'
  const ending = setTimeout(() => offer.remove(), offeredForMs)
  button.addEventListener('click', () => {
    clearTimeout(ending)
    offer.remove()
    undo()
  })
  offer.append(said, button)
  document.body.append(offer)
}
