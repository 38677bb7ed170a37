import { piece } from '../../editor/panels/piece.ts'
import { drawActivity } from './activity.ts'
import { clockOf, dateOf, dayOf, titleOf, type Version } from './versions.ts'

/** So many versions a key steps over; Home and End go to the first and the last. */
const stepsByKey: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: -Infinity,
  End: Infinity,
}

/**
 * A slider over the time in which versions were kept. A pointer chooses the nearest of them; keys
 * go from one to the next, however near they are to each other.
 */
export class Timeline {
  readonly slider = piece('input', '')
  readonly element: HTMLElement
  readonly #activity = piece('div', 'activity')
  readonly #from = piece('span', '')
  readonly #to = piece('span', '')
  /** Oldest first. */
  #versions: readonly Version[] = []
  #chosen = 0
  #choose: (version: Version) => void = () => {}

  constructor() {
    this.slider.type = 'range'
    this.slider.ariaLabel = 'Time'
    this.slider.min = '0'
    this.slider.step = 'any'
    this.slider.addEventListener('input', () => this.#go(this.#nearest()))
    this.slider.addEventListener('keydown', (event) => this.#onKey(event))
    const ends = piece('div', 'ends', this.#from, this.#to)
    ends.ariaHidden = 'true'
    this.element = piece('div', 'time', this.#activity, this.slider, ends)
  }

  /** Shows these, newest first, each at its time. */
  fill(versions: readonly Version[], choose: (version: Version) => void): void {
    this.#versions = versions.toReversed()
    this.#choose = choose
    this.slider.max = String(this.#spanMs)
    this.slider.disabled = versions.length < 2
    drawActivity(this.#activity, this.#versions, (version) => this.#sinceMs(version) / this.#spanMs)
    const [first, last] = [this.#versions[0], this.#versions.at(-1)]
    const isOneDay = first !== undefined && last !== undefined && dayOf(first) === dayOf(last)
    const said = isOneDay ? clockOf : dateOf
    this.#from.textContent = first === undefined ? '' : said(first)
    this.#to.textContent = last === undefined || last === first ? '' : said(last)
  }

  /** Puts the slider where a version is, and gives what it says there. */
  show(version: Version): string {
    this.#chosen = this.#versions.indexOf(version)
    this.slider.value = String(this.#sinceMs(version))
    const said = `${titleOf(version)}, ${dayOf(version)}, ${clockOf(version)}`
    this.slider.setAttribute('aria-valuetext', said)
    return said
  }

  /** Of a version, since the first one. */
  #sinceMs({ time }: Version): number {
    return Date.parse(time) - Date.parse(this.#versions[0]?.time ?? time)
  }

  /** Between the first and the last; never nothing, so that it divides. */
  get #spanMs(): number {
    const last = this.#versions.at(-1)
    return Math.max(1, last === undefined ? 0 : this.#sinceMs(last))
  }

  #nearest(): number {
    const away = this.#versions.map((version) =>
      Math.abs(this.#sinceMs(version) - this.slider.valueAsNumber),
    )
    return away.indexOf(Math.min(...away))
  }

  #onKey(event: KeyboardEvent): void {
    const step = stepsByKey[event.key]
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    this.#go(Math.min(Math.max(this.#chosen + step, 0), this.#versions.length - 1))
  }

  #go(at: number): void {
    const version = this.#versions[at]
    if (version !== undefined) this.#choose(version)
  }
}
