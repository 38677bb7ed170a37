import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** How a packed update lies: its first byte says so. */
const plain = 0
const zstd = 1

/** An update as versions are kept: compressed where that makes it shorter. */
export function pack(update: Uint8Array): Uint8Array {
  const shorter = zstdCompressSync(update)
  const isShorter = shorter.length < update.length
  const body = isShorter ? shorter : update
  const packed = new Uint8Array(body.length + 1)
  packed[0] = isShorter ? zstd : plain
  packed.set(body, 1)
  return packed
}

/** @throws Error when these are no bytes that `pack` gave */
export function unpack(packed: Uint8Array): Uint8Array {
  const body = packed.subarray(1)
  switch (packed[0]) {
    case plain:
      return body
    case zstd:
      return zstdDecompressSync(body)
    default:
      throw new TypeError(`Byte ${packed[0]} does not begin a packed update.`)
  }
}
