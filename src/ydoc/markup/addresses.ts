/** Whether an address runs nothing. */
export function isHarmless(address: string): boolean {
  // As browsers read a scheme: spaces and control characters in it are none.
  const bare = address.replaceAll(/[\s\p{Cc}]/gu, '')
  return !/^(?:javascript|data|vbscript|file|blob):/i.test(bare)
}
