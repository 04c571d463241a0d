import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import Koa from 'koa'
import type { PageContext } from '../../../broker/http/page.ts'
import { health } from '../../../broker/http/pages/health.ts'

describe('http: health', () => {
  it('asks a store that does not answer once for all who ask meanwhile', async () => {
    let asked = 0
    let answer = (): void => undefined
    const store = () => {
      asked++
      return new Promise<void>((resolve) => {
        answer = resolve
      })
    }
    const ready = health({ store }, () => undefined).find(({ route }) => route === '/health/ready')
    const app = new Koa().use((context) => ready?.answer(context as unknown as PageContext)) // what it uses is Koa's
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo // it listens
    let begun = 0
    server.on('request', () => {
      if (++begun === 3) setImmediate(() => answer())
    })
    const get = async () => (await fetch(`http://127.0.0.1:${port}/`)).status
    expect(await Promise.all([get(), get(), get()])).to.deep.equal([200, 200, 200])
    expect(asked).to.equal(1)
    const again = get()
    await once(server, 'request')
    setImmediate(() => answer())
    expect(await again).to.equal(200)
    expect(asked).to.equal(2)
    server.close()
    server.closeAllConnections()
  })
})
