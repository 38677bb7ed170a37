/** A document of another system: its updates, or why it cannot be read. */
export interface Foreign {
  readonly document: string
  /** The name that it has there, where it is not the one that it gets here. */
  readonly spelling?: string
  readonly updates: readonly Uint8Array[] | { readonly unreadable: string }
}
