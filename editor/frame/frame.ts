import { adopt } from '../styles.ts'
import { isStop, type Situation } from '../words.ts'
import rules from './frame.css' with { type: 'text' }
import { part } from './part.ts'

/** What stands around an editor, in the element's shadow root. */
export interface Frame {
  readonly toolbar: HTMLElement
  readonly people: HTMLElement
  /** Where the buttons of panels go. */
  readonly tabs: HTMLElement
  /** What holds all, panels too. */
  readonly whole: HTMLElement
  /** Says how the document stands. */
  tell(situation: Situation): void
  /** Whether the text is there: until then what the page has put into the element is shown. */
  show(isThere: boolean): void
}

/**
 * Builds the frame and dresses it. It is made of elements, not of HTML: pages may forbid that.
 * @param root an empty shadow root
 * @param tryAgain somebody wants to connect anew
 */
export function buildFrame(root: ShadowRoot, tryAgain: () => void): Frame {
  const toolbar = part('div', 'toolbar')
  toolbar.role = 'toolbar'
  toolbar.ariaLabel = 'Formatting'
  const people = part('ul', 'people')
  people.ariaLabel = 'Others here'
  const tabs = part('div', 'tabs')
  const ends = [slot('toolbar-end'), people, tabs]
  const bar = part('div', 'bar', slot('toolbar-start'), toolbar, ...ends)

  const heading = part('strong', 'notice-title')
  const explanation = part('p', 'notice-detail')
  const remedy = part('code', 'remedy')
  const again = part('button', 'button')
  again.type = 'button'
  again.textContent = 'Try again'
  again.addEventListener('click', tryAgain)
  const notice = part('div', 'notice', heading, explanation, remedy, again)
  notice.role = 'alert'

  const editable = slot('editable')
  const before = slot()
  const body = part('div', 'body', before, editable, slot('empty'))

  const title = part('span', 'status-title')
  title.role = 'status'
  const detail = part('span', 'status-detail')
  const line = part('div', 'status', part('span', 'dot'), title, detail, slot('status'))
  const frame = part('div', 'frame', part('div', 'main', bar, notice, body, line))
  root.replaceChildren(frame)
  adopt(root, rules)
  return {
    toolbar,
    people,
    tabs,
    whole: frame,
    tell(situation) {
      const stops = isStop(situation)
      frame.dataset['kind'] = situation.kind
      notice.hidden = !stops
      heading.textContent = stops ? situation.title : ''
      explanation.textContent = stops ? situation.detail : ''
      remedy.textContent = situation.remedy ?? ''
      remedy.hidden = situation.remedy === undefined
      again.hidden = situation.kind === 'unnamed'
      if (title.textContent !== situation.title) title.textContent = situation.title
      detail.textContent = stops ? '' : situation.detail
    },
    show(isThere) {
      before.hidden = isThere
      editable.hidden = !isThere
    },
  }
}

function slot(name?: string): HTMLSlotElement {
  const element = document.createElement('slot')
  if (name !== undefined) element.name = name
  element.addEventListener('slotchange', () => {
    element.classList.toggle('filled', element.assignedElements().length > 0)
  })
  return element
}
