import type { SourceFile } from '../source.ts'

// The words are put together here, so that this file does not find itself.
const registryHost = new RegExp(
  [
    String.raw`\b${'regis'}try\.[a-z]`,
    String.raw`\b${'npm'}(?:mirror|js)\.(?:com|org)\b`,
    String.raw`\b${'yarn'}pkg\.com\b`,
    String.raw`\b${'jsr'}\.io\b`,
    String.raw`\b${'pkg'}\.github\.com\b`,
    String.raw`\b${'art'}ifactory\b`,
  ].join('|'),
  'i',
)
const machineFolders = ['work', 'home', 'root', 'tmp'].join('|')
const machinePath = new RegExp(
  String.raw`(?:^|[\s'"\`(=:,])/(?:${machineFolders})(?:/|['"\`\s)]|$)`,
)

/** Traces of one machine or of where its packages come from, one sentence each. */
export function traceViolations({ path, text }: SourceFile): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const host = registryHost.exec(line)?.[0]
    const place = machinePath.exec(line)?.[0]
    const where = `${path}:${index + 1}`
    return [
      ...(host === undefined ? [] : [`${where} names a package registry: ${host}`]),
      ...(place === undefined ? [] : [`${where} names a path of one machine: ${place.trim()}`]),
    ]
  })
}

/** A lock file that says where packages were downloaded, one sentence. */
export function lockAddressViolations({ path, text }: SourceFile): readonly string[] {
  const address = /"resolved"|\b(?:https?|git\+\w+):\/\/[^"]*\.tgz/.exec(text)?.[0]
  return address === undefined ? [] : [`${path} has a download address: ${address}`]
}
