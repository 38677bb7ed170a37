import { StyleModule } from 'style-mod'

/**
 * Has CodeMirror adopt its stylesheets in a document, as it does in a shadow root. It would put a
 * `<style>` into the head instead, which a page's Content-Security-Policy may forbid: then the
 * editor stands there undressed. Its own key for what it has mounted is not exported, so it is
 * taken from a shadow root in which it mounts nothing.
 */
export function adoptStyles(tree: Document | ShadowRoot): void {
  if (tree instanceof ShadowRoot) return
  const probe = tree.createElement('div').attachShadow({ mode: 'open' })
  StyleModule.mount(probe, [])
  for (const key of Object.getOwnPropertySymbols(probe)) {
    if (!Object.hasOwn(tree, key)) Reflect.set(tree, key, Reflect.get(probe, key))
  }
}
