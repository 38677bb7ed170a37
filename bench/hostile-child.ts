import { attacks } from '../test/system/hostile/attacks.ts'
import { Random } from '../test/system/sim/random.ts'

// Runs one attack again and again until it is ended: `hostile-child.ts NAME URL PORT DOCUMENT`.
const [name = '', url = '', port = '', document = ''] = process.argv.slice(2)
const attack = attacks.find((one) => one.name === name)
if (attack === undefined) throw new Error(`there is no attack called ${name}`)
const http = url.replace(/^ws/, 'http')
for (let seed = 1; ; seed++) {
  await attack.run(
    { url, http, port: Number(port), document: `${document}-${seed}` },
    new Random(seed),
  )
}
