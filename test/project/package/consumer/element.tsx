import type { Person, Situation, Token, YtopicEditor } from 'ytopic/editor'
import type { YtopicEditorProps } from 'ytopic/editor/react'

// What a page writes around the element, by itself and in React.
const made = document.createElement('ytopic-editor')
made.kind = 'code'
made.token = async () => 'token'
made.addEventListener('saved', () => show(made.standing))
await made.ready
await made.flush()

const token: Token = () => made.getText()
const user: Partial<Person> = { name: 'Ada' }
const more: YtopicEditorProps = { onsaved: () => undefined, readonly: false }

/** The element in a component. */
export function Notes() {
  const hear = (event: CustomEvent<Situation>) => show(event.detail)
  const keep = (element: YtopicEditor | null) => element?.focus()
  return (
    <ytopic-editor
      className="notes"
      document="notes"
      kind="rich"
      token={token}
      user={user}
      ref={keep}
      onstanding={hear}
      {...more}
    >
      <p>Loading…</p>
    </ytopic-editor>
  )
}

function show({ detail, title }: Situation): void {
  document.title = `${title} ${detail}`
}
