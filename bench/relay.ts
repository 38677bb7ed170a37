// The yardstick: sockets and Bun's native publish, nothing read, kept or checked.
interface Client {
  readonly topic: string
}

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch(request, upgrader: Bun.Server<Client>) {
    const data = { topic: new URL(request.url).pathname }
    return upgrader.upgrade(request, { data }) ? undefined : new Response('no', { status: 400 })
  },
  websocket: {
    perMessageDeflate: false,
    open(socket) {
      socket.subscribe(socket.data.topic)
    },
    message(socket, message) {
      socket.publish(socket.data.topic, message)
    },
  },
})
console.log(`serves ${server.port}`)
