import { type JSX, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import type { YtopicEditor } from 'ytopic/editor'
import 'ytopic/editor'
import type {} from 'ytopic/editor/react'
import { getToken, me } from './token.ts'

function Notes(): JSX.Element {
  const editor = useRef<YtopicEditor>(null)
  const [isOpen, setOpen] = useState(true)
  const [isLast, setLast] = useState(false)
  const [status, setStatus] = useState('')
  const [letters, setLetters] = useState(0)
  const text = (
    <ytopic-editor
      key="text"
      ref={editor}
      document="team/react"
      user={{ name: me }}
      // Another function at every render: it is no reason to connect anew.
      token={() => getToken(me)}
      // The names of events are written in lower case.
      onstanding={({ detail }) => setStatus(detail.title)}
      onchange={() => setLetters(editor.current?.getText().length ?? 0)}
    />
  )
  const about = [
    <p key="who">Everybody with the link writes here.</p>,
    <p key="what">What is written is kept.</p>,
  ]
  const shown = isOpen ? [text] : []
  return (
    <>
      <h1>Notes in React</h1>
      <p>
        <span role="status">{status}</span> <span>{letters} letters</span>{' '}
        <button onClick={() => setLast(!isLast)}>Move the text</button>{' '}
        <button onClick={() => setOpen(!isOpen)}>{isOpen ? 'Close it' : 'Open it'}</button>
      </p>
      <main>{isLast ? [...about, ...shown] : [...shown, ...about]}</main>
    </>
  )
}

const place = document.querySelector('#app')
if (place !== null) createRoot(place).render(<Notes />)
