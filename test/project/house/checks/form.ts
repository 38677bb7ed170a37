import { posix } from 'node:path'
import { cut, type SourceFile } from '../source.ts'

const linesMax = 300
const columnsMax = 100
const filesMax = 20

/** Files and lines that are too long, one sentence each. */
export function sizeViolations({ path, text }: SourceFile): readonly string[] {
  const lines = text.replace(/\n$/, '').split('\n')
  const tooLong = lines.flatMap((line, index) =>
    line.length > columnsMax ? [`${path}:${index + 1} has ${line.length} columns`] : [],
  )
  return lines.length > linesMax ? [`${path} has ${lines.length} lines`, ...tooLong] : tooLong
}

/** Folders with too many files of their own, one sentence each. */
export function folderSizeViolations(files: readonly SourceFile[]): readonly string[] {
  const folders = Map.groupBy(files, ({ path }) => posix.dirname(path))
  return [...folders].flatMap(([folder, { length }]) =>
    length > filesMax ? [`${folder} has ${length} files: it holds two ideas, part them`] : [],
  )
}

/** A file that does nothing but hand on what others export. */
export function barrelViolations({ path, text }: SourceFile): readonly string[] {
  const handsOn =
    /\bexport\s+(?:type\s+)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})\s*from\s*['"]\s*['"];?/g
  const brings = /\bimport\s+[^'";]*?from\s*['"]\s*['"];?/g
  const { code } = cut(text)
  const rest = code.replaceAll(handsOn, '').replaceAll(brings, '')
  return handsOn.test(code) && rest.trim() === '' ? [`${path} only re-exports`] : []
}

/** A test that keeps all others from running. */
export function focusViolations({ path, text }: SourceFile): readonly string[] {
  const focus = /\b(?:test|it|describe)\s*\.\s*only\b/
  return focus.test(cut(text).code) ? [`${path} has a test that keeps others from running`] : []
}
