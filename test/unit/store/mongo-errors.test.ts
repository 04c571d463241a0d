import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect } from 'chai'
import { MongoBulkWriteError, MongoServerError } from 'mongodb'
import { pino } from 'pino'
import { asked } from '../../../broker/store/mongodb/mongo-errors.ts'
import { rejection } from '../../support/rejection.ts'

const INTERRUPTED = 11602

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

  it('is told of by its name and number alone: the driver repeats what was to be written', async () => {
    const person = 'urn:ngsi-ld:Person:nguyen-van-a'
    const writeErrors = [{ code: INTERRUPTED, index: 0, errmsg: person, op: { _id: person } }]
    const result = { insertedIds: { 0: person } }
    const errors = [
      new MongoBulkWriteError({ code: INTERRUPTED, message: person, writeErrors } as never, result as never),
      new MongoServerError({
        code: INTERRUPTED,
        errmsg: `dup key: { _id: "${person}" }`,
        keyValue: { person },
      }),
    ]
    for (const error of errors) {
      const problem = await rejection(asked(() => Promise.reject(error)))
      expect(problem).to.include({ code: 'ServiceUnavailable' })
      const written: string[] = []
      const log = pino({}, { write: (line: string) => void written.push(line) })
      log.error({ err: problem })
      log.error({ err: (problem as Error).cause })
      expect(written.join('')).not.to.contain(person)
      expect(written.join('')).to.contain(`code ${INTERRUPTED}`)
    }
  })

  it('is one where the hub goes wrong itself', async () => {
    const fault = new TypeError('Nothing is a function')
    expect(await rejection(asked(() => Promise.reject(fault)))).to.equal(fault)
  })
})
