/** How one kind of refusal looks from outside. */
export interface Refusal {
  /** WebSocket close code. y-websocket 3.1 stops for good on 4400 to 4499 and returns otherwise. */
  readonly closeCode: number
  /** HTTP status where the refusal answers a request. */
  readonly status: number
  /** Whether the same thing may succeed later without a change on the client's side. */
  readonly retry: boolean
  /** One sentence for a person; at most 120 bytes, the room of a close frame's reason. */
  readonly sentence: string
}

/** A row of the table. */
export function refusal(
  closeCode: number,
  status: number,
  retry: boolean,
  sentence: string,
): Refusal {
  return { closeCode, status, retry, sentence }
}
