/**
 * The element of the given kind that the page must hold.
 * Throws when it does not: the page and its code are then not of one version.
 */
export function find<Kind extends Element>(
  within: ParentNode,
  kind: new () => Kind,
  selector: string,
): Kind {
  const found = within.querySelector(selector)
  if (found instanceof kind) return found
  throw new TypeError(`The page has no ${kind.name} at ${selector}.`)
}
