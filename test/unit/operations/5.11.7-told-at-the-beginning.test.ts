import { expect } from 'chai'
import type { LogRecord } from '../../../broker/core/model/change.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { formatDateTime } from '../../../broker/core/model/time.ts'
import { createRegistry } from '../../../broker/federation/registry/registry.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import { registrationSubject } from '../../../broker/operations/registration-subscriptions/registration-subject.ts'
import { anyone, iri, registration, table } from '../federation/support.ts'
import { NOW } from '../merge/build.ts'
import { subscription } from '../subscriptions/notices.ts'

const SECOND = 1_000_000
const BEGINNING = NOW + 10 * SECOND

/** A registration as it was changed last so many seconds after the beginning of the subscription. */
function state(id: string, changed: number, created = changed) {
  const at = (seconds: number) => formatDateTime(BEGINNING + seconds * SECOND)
  return registration({ id, createdAt: at(created), modifiedAt: at(changed) })
}

/** A hub whose notifications are written after these registrations were: logs may be read late. */
function hub(...registrations: readonly ReturnType<typeof registration>[]) {
  const registry = createRegistry()
  const keep = (one: ReturnType<typeof registration>, version: number) =>
    registry.apply(DEFAULT_TENANT, { id: one.id, version, registration: one })
  for (const one of registrations) keep(one, 1)
  const subject = registrationSubject({
    ...{ registry, clock: () => BEGINNING, engine: createGeometryEngine(), core: () => table },
    table: () => Promise.resolve(table),
    templates: { fill: () => Promise.reject(new Error('No template is filled here')) },
    delegateOf: () => anyone,
  })
  const subscribed = {
    tenant: DEFAULT_TENANT,
    subscription: subscription({ query: { selectors: [{ types: { kind: 'type', type: iri('Bus') } }] } }),
  }
  const told = async (...records: readonly LogRecord[]) => {
    const changes = records.map((record) => ({ first: record, last: record }))
    const message = await subject.composeChanges(subscribed, { id: 'urn:n:1', changes })
    if (!message) return undefined
    const { triggerReason, data } = JSON.parse(message.body)
    return [triggerReason, ...data.map(({ id }: { id: string }) => id)]
  }
  return { keep, told, isDue: (record: LogRecord) => subject.isDue(subscribed, record) }
}

function recordOf(
  after: ReturnType<typeof registration>,
  sequence: number,
  before?: ReturnType<typeof registration>,
): LogRecord {
  return {
    ...{ sequence, collection: 'registration', id: after.id, origin: { by: 'k' }, at: BEGINNING + 1 },
    action: before ? 'updated' : 'created',
    ...(before && { before: before.document }),
    after: after.document,
  }
}

const own = (sequence: number): LogRecord => ({
  ...{ sequence, collection: 'registrationSubscription', id: subscription().id, action: 'created' },
  ...{ at: BEGINNING, origin: { by: 'k' } },
})

describe('5.11.7 What a subscription tells when it begins', () => {
  it('leaves what was registered later to the record of it', async () => {
    const [old, late] = [state('urn:r:old', -1), state('urn:r:late', 1)]
    const { told, isDue } = hub(old, late)
    expect(await told(own(5))).to.deep.equal(['newlyMatching', 'urn:r:old'])
    expect(isDue(recordOf(late, 6))).to.equal(true)
    expect(await told(recordOf(late, 6))).to.deep.equal(['newlyMatching', 'urn:r:late'])
  })

  it('is not told again by the record of what it told already, and goes on from there', async () => {
    const [first, second] = [state('urn:r:1', -2), state('urn:r:1', 1, -2)]
    const third = state('urn:r:1', 2, -2)
    const { told, keep, isDue } = hub(second)
    expect(await told(own(5))).to.deep.equal(['newlyMatching', 'urn:r:1'])
    expect(isDue(recordOf(second, 6, first))).to.equal(false)
    keep(third, 2)
    expect(
      await told(recordOf({ ...third, document: { ...third.document, title: 'another' } }, 7, second)),
    ).to.deep.equal(['updated', 'urn:r:1'])
  })

  it('is told once when the subscription changes before it could', async () => {
    const { told } = hub(state('urn:r:old', -1))
    expect(await told(own(5))).to.deep.equal(['newlyMatching', 'urn:r:old'])
    expect(await told(own(6))).to.equal(undefined)
    expect(await told(own(5))).to.deep.equal(['newlyMatching', 'urn:r:old'])
  })

  it('holds what was registered meanwhile where changes are told together', async () => {
    const late = state('urn:r:late', 1)
    const { told, isDue } = hub(late)
    expect(await told(own(5), recordOf(late, 6))).to.deep.equal(['newlyMatching', 'urn:r:late'])
    expect(isDue(recordOf(late, 6))).to.equal(false)
  })
})
