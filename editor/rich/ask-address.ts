/** What is asked for an address. */
export interface AddressQuestion {
  /** What it is for, such as "Link address". */
  readonly label: string
  /** The one that is there. */
  readonly before: string
  /** Undefined takes away what is there. */
  readonly answer: (address: string | undefined) => void
}

/** Asks for an address in a dialog behind `place`; who closes it changes nothing. */
export function askAddress(place: HTMLElement, question: AddressQuestion): void {
  const { answer, before, label } = question
  const dialog = document.createElement('dialog')
  const form = document.createElement('form')
  form.noValidate = true
  const field = document.createElement('input')
  field.type = 'url'
  field.value = before
  field.placeholder = 'https://'
  field.setAttribute('autocomplete', 'off')
  const called = document.createElement('label')
  called.append(label, field)
  const end = (): void => {
    dialog.close()
    dialog.remove()
  }
  const buttons = document.createElement('div')
  buttons.append(
    button('Cancel', end),
    ...(before === ''
      ? []
      : [
          button('Remove', () => {
            end()
            answer(undefined)
          }),
        ]),
    button('Use it'),
  )
  form.append(called, buttons)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const address = parseAddress(field.value)
    field.setCustomValidity(address === undefined ? 'Give an address such as https://a.org/b.' : '')
    if (address === undefined) {
      field.reportValidity()
      return
    }
    end()
    answer(address)
  })
  field.addEventListener('input', () => field.setCustomValidity(''))
  dialog.addEventListener('close', () => dialog.remove())
  dialog.ariaLabel = label
  dialog.append(form)
  place.after(dialog)
  dialog.showModal()
  field.select()
}

/** An address that a browser may follow: one without a scheme is of the web. */
function parseAddress(typed: string): string | undefined {
  const text = typed.trim()
  const address = /^[a-z][a-z\d+.-]*:/i.test(text) ? text : `https://${text}`
  const isSafe = URL.canParse(address) && /^(?:https?|mailto|tel):$/.test(new URL(address).protocol)
  return text !== '' && isSafe ? address : undefined
}

function button(words: string, does?: () => void): HTMLButtonElement {
  const element = document.createElement('button')
  element.type = does === undefined ? 'submit' : 'button'
  element.textContent = words
  if (does !== undefined) element.addEventListener('click', does)
  return element
}
