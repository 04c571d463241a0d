import { expect } from 'chai'
import type { Caller } from '../../../broker/core/model/caller.ts'
import type { LogRecord } from '../../../broker/core/model/change.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { createRegistry } from '../../../broker/federation/registry/registry.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import { registrationSubject } from '../../../broker/operations/registration-subscriptions/registration-subject.ts'
import { anyone, iri, registration, table } from '../federation/support.ts'
import { NOW, THEN } from '../merge/build.ts'
import { subscription } from '../subscriptions/notices.ts'

const OPEN = 'urn:r:open'
const CLOSED = 'urn:r:closed'

/** May read all registrations but one. */
const some: Caller = {
  ...anyone,
  check: (_action, _tenant, { id }) => {
    if (id === CLOSED) throw new Problem('Forbidden', 'Caller may not read it')
  },
}

const subscribed = {
  tenant: DEFAULT_TENANT,
  subscription: subscription({ query: { selectors: [{ types: { kind: 'type', type: iri('Bus') } }] } }),
}

function subject(delegate: Caller | undefined) {
  const registry = createRegistry()
  for (const id of [OPEN, CLOSED]) {
    registry.apply(DEFAULT_TENANT, { id, version: 1, registration: registration({ id }) })
  }
  return registrationSubject({
    ...{ registry, clock: () => NOW, engine: createGeometryEngine(), core: () => table },
    table: () => Promise.resolve(table),
    templates: { fill: () => Promise.reject(new Error('No template is filled here')) },
    delegateOf: () => delegate,
  })
}

function creationOf(id: string): LogRecord {
  const { document } = registration({ id })
  const about = { sequence: 1, collection: 'registration', id, action: 'created', at: THEN + 1 } as const
  return { ...about, origin: { by: 'k' }, after: document }
}

describe('5.11 Rights of who subscribes to registrations', () => {
  it('tells of registrations that the subscriber may read, and of no others', async () => {
    const readable = subject(some)
    expect(readable.isDue(subscribed, creationOf(OPEN))).to.equal(true)
    expect(readable.isDue(subscribed, creationOf(CLOSED))).to.equal(false)
    const { message } = await readable.composeSelected(subscribed, { id: 'urn:n:1' })
    expect(JSON.parse(message?.body ?? '').data.map(({ id }: { id: string }) => id)).to.deep.equal([OPEN])
  })

  it('tells nothing to who has no rights any more when it is written', async () => {
    const change = { first: creationOf(OPEN), last: creationOf(OPEN) }
    const due = { id: 'urn:n:1', changes: [change] }
    expect(await subject(some).composeChanges(subscribed, due)).to.not.equal(undefined)
    const without = subject(undefined)
    expect(without.isDue(subscribed, creationOf(OPEN))).to.equal(false)
    expect(await without.composeChanges(subscribed, due)).to.equal(undefined)
    expect(await without.composeSelected(subscribed, { id: 'urn:n:1' })).to.deep.equal({})
    expect(await without.composeSample(subscribed, 'urn:n:1')).to.equal(undefined)
  })
})
