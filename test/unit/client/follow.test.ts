import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { createClient } from '../../../openapi/client/client.ts'
import { until } from '../../support/until.ts'

describe('client: a stream that falls silent', () => {
  let server: Server
  let open: ServerResponse[] = []
  before(async () => {
    server = createServer((request, response) => {
      const after = Number(new URL(request.url ?? '', 'http://127.0.0.1').searchParams.get('after'))
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const change = {
        after: String(after + 1),
        collection: 'entity',
        action: 'updated',
        id: `urn:x:${after + 1}`,
      }
      open.push(response)
      // the second one says nothing at all
      if (open.length === 2) return void response.flushHeaders()
      response.write(`id: ${after + 1}\ndata: ${JSON.stringify(change)}\n\n`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  after(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })

  it('is opened anew behind what it told last, and the other one is left', async () => {
    open = []
    const hub = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }) // it listens on a port
    const told: string[] = []
    for await (const { id } of hub.changes.follow('*', { after: '0', silence: 300 })) {
      told.push(id)
      if (told.length === 3) break
    }
    expect(told).to.deep.equal(['urn:x:1', 'urn:x:2', 'urn:x:3'])
    expect(open.length).to.be.at.least(4)
    await until('the others to be left', () => open.slice(0, -1).every(({ destroyed }) => destroyed))
  })
})
