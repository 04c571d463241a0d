import { expect } from 'chai'
import type { Entity } from '../../../broker/core/model/entity.ts'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { View } from '../../../broker/core/view/view.ts'
import { newlySeen } from '../../../broker/operations/planted-subscriptions/seen-before.ts'
import type { Subscription } from '../../../broker/subscriptions/subscription.ts'

const [SPEED, DRIVER] = ['https://x/speed', 'https://x/driver'] as const

/** Hides who drives, and the bus in the garage. */
const view: View = {
  id: 'restricted',
  unrestricted: false,
  admits: ({ id }) => id !== 'urn:b:garage',
  treatment: (_types, attribute) => (attribute === DRIVER ? 'absent' : 'clear'),
  admitsAll: () => false,
  veils: () => true,
  clearEverywhere: (attribute) => attribute !== DRIVER,
}

function bus(speed: number, driver: string, at: number, id = 'urn:b:1'): Entity {
  const times = { createdAt: 1, modifiedAt: at }
  return {
    id,
    types: ['https://x/Bus'],
    ...times,
    attributes: {
      [SPEED]: [{ kind: 'Property', value: speed, ...times }],
      [DRIVER]: [{ kind: 'Property', value: driver, ...times }],
    },
  }
}

describe('5.8.6 what a source tells whoever does not see everything', () => {
  const kept = new Map<string, JsonObject>()
  const store = {
    document: (_tenant: string, _collection: string, id: string) => {
      const document = kept.get(id)
      return Promise.resolve(document && { id, version: 1, document })
    },
  }

  async function told(
    entity: Entity,
    { of = view, ...members }: { readonly of?: View } & Partial<Subscription> = {},
  ): Promise<number> {
    const subscription = { id: 'urn:s:1', query: {}, ...members } as Subscription // no more of it is looked at
    const teller = { tenant: DEFAULT_TENANT, registrationId: 'urn:r:1', subscription, view: of, now: 5 }
    const { entities, marks } = await newlySeen(store, teller, [{ entity }])
    for (const { id, next } of marks) if (next) kept.set(id, next)
    return entities.length
  }
  beforeEach(() => kept.clear())

  it('tells of what changed in what is seen, and not of what is hidden', async () => {
    expect(await told(bus(10, 'An', 1))).to.equal(1)
    expect(await told(bus(10, 'Bình', 2))).to.equal(0)
    expect(await told(bus(20, 'Bình', 3))).to.equal(1)
    expect(await told(bus(20, 'Bình', 4, 'urn:b:garage'))).to.equal(0)
    expect([...kept.values()].map((mark) => Object.keys(mark))).to.deep.equal([['mark']])
  })

  it('looks at what is watched alone', async () => {
    const watchedAttributes = new Set([DRIVER])
    expect(await told(bus(10, 'An', 1), { watchedAttributes })).to.equal(1)
    expect(await told(bus(20, 'Bình', 2), { watchedAttributes })).to.equal(0)
  })

  it('leaves it to the source what is due by time, and where everything is seen', async () => {
    const open = { ...view, unrestricted: true }
    for (const members of [{ timeInterval: 1 }, { of: open }])
      for (const at of [1, 2]) expect(await told(bus(10, 'An', at), members)).to.equal(1)
    expect(kept).to.have.property('size', 0)
  })
})
