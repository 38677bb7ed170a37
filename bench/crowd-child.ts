// Opens connections that say what they have and then nothing: `crowd-child.ts URL COUNT DOCUMENTS`.
const [url = '', count = '', documents = ''] = process.argv.slice(2)
const stepOne = Uint8Array.of(0, 0, 1, 0)

for (let index = 0; index < Number(count); index++) {
  const socket = new WebSocket(`${url}/ws/crowd-${index % Number(documents)}`)
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = reject
  })
  socket.send(stepOne)
}
console.log('open')
// Until it is ended.
setInterval(() => undefined, 60_000)
