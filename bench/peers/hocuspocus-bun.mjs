// Hocuspocus on Bun: its Server class does not start there, and the socket that crossws hands on
// refuses to send, so its core is joined to Bun.serve by hand.
import { Hocuspocus } from '@hocuspocus/server'
import { storage } from './storage.mjs'

const hocuspocus = new Hocuspocus({ quiet: true, ...storage })
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch(request, upgrader) {
    return upgrader.upgrade(request, { data: { request } }) ? undefined : new Response('no')
  },
  websocket: {
    maxPayloadLength: 256 * 1024 * 1024,
    perMessageDeflate: false,
    open(socket) {
      const like = {
        get readyState() {
          return socket.readyState
        },
        send: (bytes) => socket.send(bytes),
        close: (code, reason) => socket.close(code, reason),
      }
      socket.data.client = hocuspocus.handleConnection(like, socket.data.request)
    },
    message(socket, message) {
      socket.data.client.handleMessage(message)
    },
    close(socket, code, reason) {
      socket.data.client.handleClose({ code, reason })
    },
  },
})
console.log(`serves ${server.port}`)
