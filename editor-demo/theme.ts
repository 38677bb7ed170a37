const themes = ['auto', 'light', 'dark'] as const
type Theme = (typeof themes)[number]

const kept = 'theme'

function loadTheme(): Theme {
  try {
    const name = localStorage.getItem(kept)
    return themes.find((theme) => theme === name) ?? 'auto'
  } catch {
    return 'auto'
  }
}

function saveTheme(theme: Theme): void {
  try {
    localStorage.setItem(kept, theme)
  } catch {
    // Without storage the choice lasts until the page is left.
  }
}

function next(theme: Theme): Theme {
  return themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto'
}

/** Makes `button` go through following the system, light and dark; the browser remembers. */
export function connectTheme(button: HTMLButtonElement): void {
  let theme = loadTheme()
  const show = (): void => {
    document.documentElement.dataset['theme'] = theme
    button.textContent = `Theme: ${theme}`
  }
  button.addEventListener('click', () => {
    theme = next(theme)
    saveTheme(theme)
    show()
  })
  show()
}
