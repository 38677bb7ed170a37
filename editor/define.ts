import { YtopicEditor } from './element.ts'

/** Makes `<ytopic-editor>` known to the page; nothing where there is no page. */
export function defineYtopicEditor(): void {
  const known = globalThis.customElements
  if (known === undefined || known.get('ytopic-editor') !== undefined) return
  known.define('ytopic-editor', YtopicEditor)
}
