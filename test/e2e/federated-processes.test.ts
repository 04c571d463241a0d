import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  type Fault,
  type FaultProxy,
  SECRET_TEXT,
  SPOILING,
  startFaultProxy,
} from '../support/fault-proxy.ts'
import { freePort } from '../support/free-port.ts'
import { type HubProcess, type HubProcessAnswer, startHubProcess } from '../support/hub-process.ts'
import { temporaryFolder } from '../support/stores.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const HOUR = 3_600_000
const NAMES = ['top', 'left', 'right', 'bottom'] as const
type Name = (typeof NAMES)[number]

/** Reads the values of the NGSILD-Warning headers. */
function warnings({ headers }: HubProcessAnswer): string {
  return [headers['ngsild-warning'] ?? []].flat().join(', ')
}

function idsOf({ body }: HubProcessAnswer): readonly string[] {
  return (body as readonly { readonly id: string }[]).map(({ id }) => id) // a query answers a list
}

describe('e2e: four hubs in processes of their own', () => {
  const folder = temporaryFolder()
  const hubs = new Map<Name, HubProcess>()
  const proxies: FaultProxy[] = []
  const hub = (name: Name): HubProcess => {
    const found = hubs.get(name)
    if (!found) throw new Error(`Hub ${name} is not started`)
    return found
  }

  before(async () => {
    await Promise.all(
      NAMES.map(async (name) => {
        const settings = { HUB_NAME: name, HUB_CONTEXT_DEFAULT: 'core' }
        // the clock of one hub is an hour fast, that of another an hour slow
        const clock =
          name === 'right' ? { clockShiftMs: HOUR } : name === 'left' ? { clockShiftMs: -HOUR } : {}
        const options = { data: join(folder, name), port: await freePort(), settings, ...clock }
        hubs.set(name, await startHubProcess(options))
      }),
    )
  })
  after(async () => {
    await Promise.all([...hubs.values()].map((each) => each.stop()))
    await Promise.all(proxies.map((proxy) => proxy.close()))
    rmSync(folder, { recursive: true, force: true })
  })

  async function register(at: Name, type: string, endpoint: string, members: object = {}): Promise<void> {
    const { status, body } = await hub(at).send('POST', '/ngsi-ld/v1/csourceRegistrations', {
      type: 'ContextSourceRegistration',
      endpoint,
      information: [{ entities: [{ type }] }],
      ...members,
    })
    expect(status, JSON.stringify(body)).to.equal(201)
  }

  async function put(at: Name, id: string, type: string, members: object = {}): Promise<void> {
    const { status } = await hub(at).send('POST', `${ENTITIES}?local=true`, { id, type, ...members })
    expect(status).to.equal(201)
  }

  async function proxyTo(name: Name): Promise<FaultProxy> {
    const proxy = await startFaultProxy(hub(name).url)
    proxies.push(proxy)
    return proxy
  }

  const query = (at: Name, search: string) => hub(at).send('GET', `${ENTITIES}?${search}`)

  it('4.3.6.4 two that register each other answer, whoever is asked, and neither asks in a circle', async () => {
    const [toLeft, toRight] = [await proxyTo('left'), await proxyTo('right')]
    await register('left', 'Bus', toRight.url)
    await register('right', 'Bus', toLeft.url)
    await put('left', 'urn:bus:1', 'Bus')
    await put('right', 'urn:bus:2', 'Bus')
    for (const [at, through] of [
      ['left', toRight],
      ['right', toLeft],
    ] as const) {
      const before = through.chains.length
      expect(idsOf(await query(at, 'type=Bus'))).to.deep.equal(['urn:bus:1', 'urn:bus:2'])
      const one = await hub(at).send('GET', `${ENTITIES}/urn:bus:none`)
      expect(one.status).to.equal(404)
      expect(through.chains.length - before).to.equal(2)
    }
  })

  it('4.3.6.4 a diamond answers each entity once, and Via names the way', async () => {
    const toBottom = await proxyTo('bottom')
    await register('top', 'Tram', hub('left').url)
    await register('top', 'Tram', hub('right').url)
    await register('left', 'Tram', toBottom.url)
    await register('right', 'Tram', toBottom.url)
    for (const name of NAMES) await put(name, `urn:tram:${name}`, 'Tram')
    const answer = await query('top', 'type=Tram')
    expect(idsOf(answer)).to.deep.equal(['bottom', 'left', 'right', 'top'].map((name) => `urn:tram:${name}`))
    expect(warnings(answer)).to.equal('')
    const chains = toBottom.chains.filter((chain) => chain !== '')
    expect([...chains].sort()).to.deep.equal(['1.1 top, 1.1 left', '1.1 top, 1.1 right'])
    const { status, body } = await hub('top').send('GET', `${ENTITIES}/urn:tram:bottom`)
    expect([status, body]).to.deep.equal([200, { id: 'urn:tram:bottom', type: 'Tram' }])
  })

  it('4.5.5 the time of an observation decides, whatever the clocks of the hubs say', async () => {
    await register('top', 'Clock', hub('left').url)
    await register('top', 'Clock', hub('right').url)
    const speed = (value: number, observedAt: string) => ({ speed: { type: 'Property', value, observedAt } })
    const fresh = new Date().toISOString()
    const stale = new Date(Date.now() - 60_000).toISOString()
    await put('left', 'urn:clock:1', 'Clock', speed(2, fresh)) // written an hour ago, by its clock
    await put('right', 'urn:clock:1', 'Clock', speed(1, stale)) // in an hour
    const { body } = await hub('top').send('GET', `${ENTITIES}/urn:clock:1?format=simplified`)
    expect(body).to.deep.equal({ id: 'urn:clock:1', type: 'Clock', speed: 2 })
  })

  it('4.22 what has expired by the clock of the hub that is asked is gone, whatever the source thinks', async () => {
    const shortly = new Date(Date.now() + 200).toISOString()
    await put('left', 'urn:clock:2', 'Clock', { expiresAt: shortly })
    await new Promise((resolve) => setTimeout(resolve, 250))
    expect((await query('left', 'type=Clock&id=urn:clock:2&local=true')).body).to.have.length(1)
    expect((await query('top', 'type=Clock&id=urn:clock:2')).body).to.deep.equal([])
  })

  describe('6.3.17 reads are answered whatever goes wrong with a source', () => {
    const faults: readonly Fault[] = SPOILING.map((kind) => ({ kind }))
    for (const fault of faults)
      it(`with a warning while there is a fault of kind ${fault.kind}, and whole when it is over`, async () => {
        const type = `Fault${faults.indexOf(fault)}`
        const proxy = await proxyTo('bottom')
        await register('top', type, proxy.url, { contextSourceAlias: 'bottom', management: { timeout: 700 } })
        await put('top', `urn:${type}:1`, type)
        await put('bottom', `urn:${type}:1`, type, { level: 1 })
        await put('bottom', `urn:${type}:2`, type)
        proxy.inflict(fault)
        const [some, one] = await Promise.all([
          query('top', `type=${type}`),
          hub('top').send('GET', `${ENTITIES}/urn:${type}:1`),
        ])
        expect(some.status).to.equal(200)
        expect(idsOf(some)).to.deep.equal([`urn:${type}:1`])
        expect(warnings(some)).to.match(/^(?:111|199|299) top "[^"]*bottom/)
        expect(warnings(some)).to.not.include(SECRET_TEXT)
        expect([one.status, one.body]).to.deep.equal([200, { id: `urn:${type}:1`, type }])
        expect(warnings(one)).to.match(/bottom/)
        proxy.heal()
        const whole = await query('top', `type=${type}`)
        expect(idsOf(whole)).to.deep.equal([`urn:${type}:1`, `urn:${type}:2`])
        expect(warnings(whole)).to.equal('')
      })

    it('whole where the way only takes its time, and without a source that takes more than its own', async () => {
      const proxy = await proxyTo('bottom')
      await register('top', 'Slow', proxy.url, {
        contextSourceAlias: 'bottom',
        management: { timeout: 3000 },
      })
      await register('top', 'Slow', proxy.url, { contextSourceAlias: 'hasty', management: { timeout: 50 } })
      await put('bottom', 'urn:slow:1', 'Slow')
      proxy.inflict({ kind: 'latency', milliseconds: 200 })
      const answer = await query('top', 'type=Slow')
      expect(idsOf(answer)).to.deep.equal(['urn:slow:1'])
      expect(warnings(answer)).to.match(/^199 top "Source hasty/)
    })
  })
})
