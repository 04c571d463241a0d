import { connect, createServer, type Socket } from 'node:net'
import { argv } from 'node:process'

/**
 * A link to a server of this machine in a process of its own: everything arrives later by half of a round trip. Told
 * `cut` it takes everything and hands on nothing; told `heal` it is as before. Arguments: port of the server, milliseconds of a round trip.
 */
const [port = '0', roundTrip = '0'] = argv.slice(2)
const delay = Number(roundTrip) / 2
let isCut = false

const server = createServer({ noDelay: true }, (near) => {
  const far = connect({ port: Number(port), host: '127.0.0.1', noDelay: true })
  carry(near, far)
  carry(far, near)
})

function carry(from: Socket, to: Socket): void {
  from.on('data', (chunk: Buffer) => {
    if (isCut) return
    if (delay === 0) to.write(chunk)
    else setTimeout(() => to.write(chunk), delay)
  })
  from.on('close', () => to.destroy())
  from.on('error', () => to.destroy())
}

process.on('message', (message) => {
  isCut = message === 'cut'
  process.send?.('done')
})
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('SIGTERM', () => process.exit(0))
