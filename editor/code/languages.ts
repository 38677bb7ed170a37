import {
  javascriptLanguage,
  jsxLanguage,
  tsxLanguage,
  typescriptLanguage,
} from '@codemirror/lang-javascript'
import type { Extension } from '@codemirror/state'

/** The languages alone: their completions would take a third as much again. */
const languages: Readonly<Record<string, Extension>> = {
  javascript: javascriptLanguage,
  js: javascriptLanguage,
  jsx: jsxLanguage,
  ts: typescriptLanguage,
  tsx: tsxLanguage,
  typescript: typescriptLanguage,
}

/** What CodeMirror needs for a language; nothing for one that is not known. */
export function languageCalled(name: string): Extension {
  return (Object.hasOwn(languages, name) ? languages[name] : undefined) ?? []
}
