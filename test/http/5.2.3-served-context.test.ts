import { expect } from 'chai'
import { CORE_CONTEXT_URL } from '../../broker/contexts/core-context.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ID = 'urn:ngsi-ld:Car:1'
const TERMS = { Car: 'https://example.org/Car', speed: 'https://example.org/speed' }
const PATH = `/ngsi-ld/v1/entities?type=Car`

describe('5.2.3 @context of application/ld+json answers', () => {
  let short: TestHub
  let complete: TestHub
  before(async () => {
    const served = { 'context.served': 'complete' }
    ;[short, complete] = await Promise.all([startTestHub(), startTestHub(served)])
  })
  after(() => Promise.all([short.stop(), complete.stop()]))

  /** What an answer in JSON-LD says, for a @context that this hub hosts. */
  const served = async (hub: TestHub, context: unknown, accept = 'application/ld+json') => {
    const post = { method: 'POST', body: { '@context': context } } as const
    const location = String((await hub.send('/ngsi-ld/v1/jsonldContexts', post)).headers.location)
    const url = hub.url + location
    const Link = `<${url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`
    const body = { id: ID, type: 'Car', speed: 1 }
    const headers = { Link, 'Content-Type': 'application/json' }
    await hub.send('/ngsi-ld/v1/entities', { method: 'POST', body, headers })
    const answer = await hub.send(PATH, { headers: { Link, Accept: accept } })
    expect(answer.status, answer.text).to.equal(200)
    return { url, answer }
  }

  it('is the one of the request alone', async () => {
    const { url, answer } = await served(short, TERMS)
    expect(answer.body[0]['@context']).to.equal(url)
    expect(answer.body[0].speed.value).to.equal(1)
  })

  it('has the core behind it where that is configured, once', async () => {
    const { url, answer } = await served(complete, TERMS)
    expect(answer.body[0]['@context']).to.deep.equal([url, CORE_CONTEXT_URL])
    const feature = await served(complete, TERMS, 'application/geo+json')
    expect(feature.answer.body['@context']).to.deep.equal([feature.url, CORE_CONTEXT_URL])
    const plain = await complete.send(`/ngsi-ld/v1/entities?local=true`, {
      headers: { Accept: 'application/ld+json' },
    })
    expect(plain.body[0]['@context']).to.equal(CORE_CONTEXT_URL)
  })

  it('never changes what the Link of application/json names', async () => {
    const { url, answer } = await served(complete, TERMS, 'application/json')
    expect(String(answer.headers.link)).to.contain(`<${url}>`)
    expect(String(answer.headers.link)).not.to.contain('ngsi-ld-core-context')
    expect(answer.text).not.to.contain('@context')
  })
})
