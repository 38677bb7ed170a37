import type { Inspected } from './inspector/inspected.ts'
import type { ServerNumbers } from './inspector/server-view.ts'
import { View } from './inspector/view.ts'

export { overHocuspocus, overWebsocket } from './inspector/inspected.ts'
export type {
  Inspected,
  InspectedHocuspocusProvider,
  InspectedWebsocketProvider,
} from './inspector/inspected.ts'
export type { ServerNumbers } from './inspector/server-view.ts'
export type { Direction, SocketClass, Wires } from './inspector/socket.ts'

/**
 * Shows what goes over a connection, who is in its document and what that takes.
 * @param place filled with the view
 * @param numbers where the server's own numbers are, for those with admin access
 * @returns the function that ends it
 */
export function openInspector(
  place: HTMLElement,
  inspected: Inspected,
  numbers?: ServerNumbers,
): () => void {
  const view = new View(inspected, numbers)
  place.append(view.element)
  return () => view.end()
}
