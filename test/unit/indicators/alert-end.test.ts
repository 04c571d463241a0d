import { rmSync } from 'node:fs'
import { expect } from 'chai'
import { ALERT_NAMES, alertsToEnd, endByTime } from '../../../broker/core/indicators/alert-end.ts'
import { upsertEntity } from '../../../broker/core/merge/upsert-entity.ts'
import type { Entity, InstanceFragment } from '../../../broker/core/model/entity.ts'
import { DEFAULT_TENANT, parseTenant, type Tenant } from '../../../broker/core/model/tenant.ts'
import { endAlerts } from '../../../broker/operations/indicators/end-alerts.ts'
import { change, parseEntity } from '../../../broker/store/port/change.ts'
import { openSqliteStore } from '../../../broker/store/sqlite/sqlite-store.ts'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { recordedInstances } from '../../support/recorded-instances.ts'
import { temporaryFolder } from '../../support/stores.ts'

const at = (time: string): number => Date.parse(`2025-09-09T${time}+07:00`) * 1000
const ID = 'urn:ngsi-ld:Alert:pctt:TN-2025-0001'

/** What an alert is said to be. */
interface Said {
  readonly sent: number
  readonly status?: string
  readonly ends?: string
  readonly plain?: true
}

function attributesOf({ sent, status, ends, plain }: Said): Record<string, readonly InstanceFragment[]> {
  const property = (value: InstanceFragment['value']): readonly InstanceFragment[] => [
    { kind: 'Property', ...(value !== undefined && { value }), observedAt: sent },
  ]
  return {
    ...(status !== undefined && { [ALERT_NAMES.status]: property(status) }),
    ...(ends !== undefined && {
      [ALERT_NAMES.end]: property(plain ? ends : { '@type': 'DateTime', '@value': ends }),
    }),
  }
}

function alert(said: Said, current?: Entity): Entity {
  const fragment = { id: ID, types: [ALERT_NAMES.type], attributes: attributesOf(said) }
  const { next } = upsertEntity(current, fragment, { mode: 'update' }, said.sent)
  if (!next) throw new Error('Nothing came of it')
  return next
}

const ENDS = '2025-09-09T10:00:00Z'
const LATER = '2025-09-09T16:00:00Z'

function told(entity: Entity | undefined): unknown {
  const [status] = entity?.attributes[ALERT_NAMES.status] ?? []
  return [status?.value, status?.observedAt]
}

describe('alerts that end by their time', () => {
  it('have the names of the ontology', () => {
    const { types, attributes } = readOntology(packageRoot)
    expect(types.has(ALERT_NAMES.type)).to.equal(true)
    for (const name of [ALERT_NAMES.status, ALERT_NAMES.end, ALERT_NAMES.method])
      expect(attributes.has(name), name).to.equal(true)
  })

  const standing = alert({ sent: at('05:00:00'), status: 'active', ends: ENDS })
  const cases: readonly [what: string, entity: Entity, now: string, value: unknown][] = [
    ['an end that is over', standing, '17:00:00', ['ended', at('17:00:00')]],
    [
      'an end that is a text',
      alert({ sent: at('05:00:00'), status: 'active', ends: ENDS, plain: true }),
      '17:00:01',
      ['ended', at('17:00:00')],
    ],
    [
      'a message that was sent after it',
      alert({ sent: at('17:30:00'), status: 'active', ends: ENDS }),
      '18:00:00',
      ['ended', at('17:30:00')],
    ],
  ]
  for (const [what, entity, now, value] of cases)
    it(`${what}: ended at that time`, () => {
      const { next } = endByTime(entity, at(now))
      expect(told(next)).to.deep.equal(value)
      expect(endByTime(next, at(now)).change, 'again').to.equal(undefined)
    })

  const untouched: readonly [what: string, entity: Entity, now: string][] = [
    ['an end to come', standing, '16:59:59'],
    [
      'no status, of a message that came after its end',
      alert({ sent: at('05:00:00'), ends: ENDS }),
      '18:00:00',
    ],
    ['no end', alert({ sent: at('05:00:00'), status: 'active' }), '23:00:00'],
    [
      'an end that is no time',
      alert({ sent: at('05:00:00'), status: 'active', ends: 'tối nay', plain: true }),
      '23:00:00',
    ],
    [
      'a cancellation before its end',
      alert({ sent: at('09:00:00'), status: 'ended', ends: ENDS }),
      '10:00:00',
    ],
    [
      'a cancellation, after its end',
      alert({ sent: at('09:00:00'), status: 'ended', ends: ENDS }),
      '18:00:00',
    ],
  ]
  for (const [what, entity, now] of untouched)
    it(`${what}: nothing`, () => expect(endByTime(entity, at(now)).change).to.equal(undefined))

  it('are asked for by queries that a store has to plan once in an hour', () => {
    const queries = alertsToEnd(at('17:00:01'))
    expect(alertsToEnd(at('17:59:59'))).to.deep.equal(queries)
    expect(alertsToEnd(at('18:00:00'))).not.to.deep.equal(queries)
  })

  it('stand again as of then where the end was moved on, and a message that was sent later goes over that', () => {
    const { next: ended } = endByTime(standing, at('17:00:02'))
    const moved = {
      ...standing,
      attributes: { ...ended?.attributes, ...alert({ sent: at('16:50:00'), ends: LATER }).attributes },
    }
    const { next: again } = endByTime(moved, at('17:01:00'))
    expect(told(again)).to.deep.equal(['active', at('17:00:00')])
    expect(endByTime(again, at('17:01:02')).change).to.equal(undefined)
    expect(told(endByTime(again, at('23:00:00')).next)).to.deep.equal(['ended', at('23:00:00')])
  })

  it('are ended in every tenant, once, also by a hub that was away at the time', async () => {
    const directory = temporaryFolder()
    const tenants = [DEFAULT_TENANT, parseTenant('other')]
    let now = at('05:00:00')
    const clock = (): number => now
    const open = () => openSqliteStore({ directory, clock })
    const write = (store: Awaited<ReturnType<typeof open>>, tenant: Tenant, said: Said, id = ID) =>
      change(store, { tenant, id, origin: { by: 'test' } }, (current) =>
        upsertEntity(
          current,
          { id, types: [ALERT_NAMES.type], attributes: attributesOf(said) },
          { mode: 'update' },
          clock(),
        ),
      )
    let store = await open()
    for (const tenant of tenants) await store.createTenant(tenant)
    for (const tenant of tenants) await write(store, tenant, { sent: now, status: 'active', ends: ENDS })
    await write(store, DEFAULT_TENANT, { sent: now, status: 'active', ends: LATER }, `${ID}-2`)
    // more than a page of them
    const more = Array.from({ length: 120 }, (_, number) => `${ID}-more-${number}`)
    await Promise.all(
      more.map((id) => write(store, DEFAULT_TENANT, { sent: now, status: 'active', ends: ENDS }, id)),
    )
    await endAlerts({ store, clock })
    const stood = await store.read(DEFAULT_TENANT, ID)
    await store.close()
    expect(told(parseEntity(stood?.text ?? ''))).to.deep.equal(['active', at('05:00:00')])
    now = at('20:00:00')
    store = await open()
    try {
      await endAlerts({ store, clock })
      const versions = await Promise.all(
        tenants.map(async (tenant) => (await store.read(tenant, ID))?.version),
      )
      await endAlerts({ store, clock })
      for (const [place, tenant] of tenants.entries()) {
        const stored = await store.read(tenant, ID)
        expect(told(parseEntity(stored?.text ?? ''))).to.deep.equal(['ended', at('17:00:00')])
        expect(stored?.version, 'written once').to.equal(versions[place])
        const history = await recordedInstances(store, tenant, ID, {
          attribute: ALERT_NAMES.status,
          limit: 10,
        })
        expect(history.map(({ observedAt }) => observedAt).sort()).to.deep.equal([
          at('05:00:00'),
          at('17:00:00'),
        ])
      }
      for (const id of more)
        expect(told(parseEntity((await store.read(DEFAULT_TENANT, id))?.text ?? ''))).to.deep.equal([
          'ended',
          at('17:00:00'),
        ])
      const other = await store.read(DEFAULT_TENANT, `${ID}-2`)
      expect(told(parseEntity(other?.text ?? ''))).to.deep.equal(['active', at('05:00:00')])
    } finally {
      await store.close()
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
