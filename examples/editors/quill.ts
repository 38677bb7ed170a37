import Quill from 'quill'
import QuillCursors from 'quill-cursors'
import { QuillBinding } from 'y-quill'
import { connect, place } from './connect.ts'
import 'quill/dist/quill.snow.css'

const { doc, awareness } = connect('quill')

Quill.register('modules/cursors', QuillCursors)
const quill = new Quill(place, {
  theme: 'snow',
  modules: {
    cursors: true,
    // One's own changes alone: what came from elsewhere is not undone.
    history: { userOnly: true },
    toolbar: [[{ header: [1, 2, false] }], ['bold', 'italic', 'underline'], [{ list: 'bullet' }]],
  },
})

export const binding = new QuillBinding(doc.getText('quill'), quill, awareness)
