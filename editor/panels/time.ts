/** How days and times are said in a language. */
export interface Times {
  /** The time of a day. */
  clock(iso: string): string
  /** A day, as people say it today. */
  day(iso: string): string
  /** Both, for who wants to know exactly. */
  whole(iso: string): string
}

const dayMs = 86_400_000

/** @param locale a language; undefined, or one that is none, for the browser's */
export function timesIn(locale: string | undefined): Times {
  const language = locale !== undefined && isLanguage(locale) ? locale : undefined
  const clock = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' })
  const whole = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short' })
  const weekday = new Intl.DateTimeFormat(language, { weekday: 'long' })
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'long' })
  const ago = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  return {
    clock: (iso) => clock.format(new Date(iso)),
    whole: (iso) => whole.format(new Date(iso)),
    day(iso) {
      const days = daysSince(new Date(iso))
      if (days < 2) return capital(ago.format(-days, 'day'))
      return days < 7 ? weekday.format(new Date(iso)) : date.format(new Date(iso))
    },
  }
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0
  } catch {
    return false
  }
}

function midnight(time: Date): number {
  return new Date(time).setHours(0, 0, 0, 0)
}

function daysSince(time: Date): number {
  return Math.max(0, Math.round((midnight(new Date()) - midnight(time)) / dayMs))
}

function capital(words: string): string {
  return words.slice(0, 1).toLocaleUpperCase() + words.slice(1)
}
