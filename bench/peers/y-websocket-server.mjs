// y-websocket-server as its own start script has it, without persistence, on a free port.
import { createServer } from 'node:http'
import { setupWSConnection } from '@y/websocket-server/utils'
import { WebSocketServer } from 'ws'

const sockets = new WebSocketServer({ noServer: true, maxPayload: 256 * 1024 * 1024 })
sockets.on('connection', setupWSConnection)
const server = createServer((_request, response) => response.end('okay'))
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (opened) =>
    sockets.emit('connection', opened, request),
  )
})
server.listen(0, '127.0.0.1', () => console.log(`serves ${server.address().port}`))
