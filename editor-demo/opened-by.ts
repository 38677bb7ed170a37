/**
 * Has a button open and close something that is loaded for that.
 * @param load gives what opens it, which gives what closes it
 * @returns the function that closes it
 */
export function openedBy(
  button: HTMLButtonElement,
  load: () => Promise<() => () => void>,
): () => void {
  let end: (() => void) | undefined
  let isWanted = false
  const close = (): void => {
    isWanted = false
    end?.()
    end = undefined
    button.ariaPressed = 'false'
  }
  const open = async (): Promise<void> => {
    isWanted = true
    button.ariaPressed = 'true'
    const begin = await load()
    // It may have been closed, and opened again, while that was loaded.
    if (isWanted) end ??= begin()
  }
  button.addEventListener('click', () => {
    if (isWanted) close()
    else open().catch(close)
  })
  return close
}
