/** What one version of the published provider put on the wire, as hex, in order. */
export interface Capture {
  readonly version: string
  readonly sent: readonly string[]
}

/** The frames that all versions send alike: document `doc`, client id 100. */
const alike = [
  // Step 1 of an empty document.
  '03646f63 00 00 01 00',
  // Awareness, clock 0.
  '03646f63 01 06 016400027b7d',
  // Step 2: nothing.
  '03646f63 00 01 02 0000',
  // An update: x in the text t.
  '03646f63 00 02 0b 0101640004010174017800',
  // Stateless: hi.
  '03646f63 05 02 6869',
  // Awareness, clock 1: {"user":"Ana"}.
  '03646f63 01 12 0164010e7b2275736572223a22416e61227d',
  // forceSync: step 1 of a document with one letter.
  '03646f63 00 00 03 016401',
  // Awareness: gone.
  '03646f63 01 08 016402046e756c6c',
  // Close.
  '03646f63 07',
] as const

/** Captured from each version against a server, token `tok`. */
export const captures: readonly Capture[] = [
  { version: '2.15.3', sent: ['03646f63 02 00 03 746f6b', ...alike] },
  { version: '3.4.4', sent: ['03646f63 02 00 03 746f6b', ...alike] },
  { version: '4.8.0', sent: ['03646f63 02 00 03 746f6b 05 342e382e30', ...alike] },
]

/** The kinds of the frames above, in order. */
export const capturedKinds = [
  'auth',
  'step-1',
  'awareness',
  'step-2',
  'update',
  'stateless',
  'awareness',
  'step-1',
  'awareness',
  'close',
] as const
