import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect } from 'chai'
import { asked } from '../../../broker/store/mongodb/mongo-errors.ts'
import { rejection } from '../../support/rejection.ts'

describe('what goes wrong at MongoDB', () => {
  it('is no fault of the hub where the other end hangs up, as the socket says it', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1') // it listens
    await once(socket.resume(), 'end')
    const write = () =>
      new Promise<void>((resolve, reject) => {
        socket.on('error', () => undefined)
        socket.write('a command', (error) => (error ? reject(error) : resolve()))
      })
    const problem = await rejection(asked(write))
    expect(problem).to.include({ code: 'ServiceUnavailable' })
    server.close()
  })

  it('is one where the hub goes wrong itself', async () => {
    const fault = new TypeError('Nothing is a function')
    expect(await rejection(asked(() => Promise.reject(fault)))).to.equal(fault)
  })
})
