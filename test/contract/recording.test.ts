import { expect } from 'chai'
import type { Entity } from '../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { recordingBy } from '../../broker/core/temporal/recording.ts'
import { recordedInstances } from '../support/recorded-instances.ts'
import { entity, NOW, PM10, property, put, remove } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const [NO2, NOISE, LIGHT] = ['no2', 'noise', 'light'].map((name) => `https://example.org/${name}`) as [
  string,
  string,
  string,
]
const SECOND = 1_000_000

for (const { name, open } of stores) {
  describe(`${name}: what history records by rules`, () => {
    const id = 'urn:r:1'
    let opened: OpenedStore
    before(async () => {
      const rules = recordingBy([
        { attributes: [NO2], keeping: { keep: 'off' } },
        { attributes: [NOISE], keeping: { keep: 'changed' } },
        { attributes: [LIGHT], keeping: { keep: 'sampled', every: 60 * SECOND } },
      ])
      opened = await open(undefined, rules)
      const states = [
        [1, 7],
        [2, 7],
        [3, 7],
        [4, 8],
      ].map(([value, noise], at) => reading(id, value ?? 0, noise ?? 0, NOW + at * 30 * SECOND))
      const units = states.map((state, at) =>
        at === 0 ? put(state) : put(state, 'previous', states[at - 1]),
      )
      const last = states.at(-1)
      await opened.store.commit(
        DEFAULT_TENANT,
        last ? [...units, remove(last, 'previous', NOW + 999 * SECOND)] : units,
      )
    })
    after(() => opened.close())

    const valuesOf = async (attribute: string) => {
      const instances = await recordedInstances(opened.store, DEFAULT_TENANT, id, { attribute, limit: 100 })
      return instances.map(({ text = '{}', deletedAt }) =>
        deletedAt === undefined ? JSON.parse(text).value : 'deleted',
      )
    }
    const cases: readonly [string, string, readonly unknown[]][] = [
      ['everything without a rule', PM10, [1, 2, 3, 4, 'deleted']],
      ['nothing of what is off, not even at creation', NO2, []],
      ['another value only', NOISE, [7, 8, 'deleted']],
      // readings at 0, 30, 60 and 90 seconds of a period that began before the first
      ['one in each period', LIGHT, sampled()],
    ]
    for (const [title, attribute, expected] of cases) {
      it(`is ${title}`, async () => expect(await valuesOf(attribute)).to.deep.equal(expected))
    }

    it('is nothing that the current state or the log lose', async () => {
      const log = await opened.store.log(DEFAULT_TENANT, 0, 100)
      expect(log[0]?.attributes?.map(({ attribute }) => attribute)).to.include.members([NO2, PM10])
      const last = log[3]?.after as Entity | undefined // records of entities hold entities
      expect(Object.keys(last?.attributes ?? {})).to.include(NO2)
    })
  })
}

function reading(id: string, value: number, noise: number, observedAt: number): Entity {
  const times = { observedAt, modifiedAt: observedAt }
  return entity(id, {
    attributes: {
      [PM10]: [property(value, times)],
      [NO2]: [property(value, times)],
      [NOISE]: [property(noise, times)],
      [LIGHT]: [property(value, times)],
    },
  })
}

function sampled(): readonly unknown[] {
  const periods = [0, 30, 60, 90].map((seconds) => Math.floor((NOW + seconds * SECOND) / (60 * SECOND)))
  return [...[1, 2, 3, 4].filter((_, at) => at === 0 || periods[at] !== periods[at - 1]), 'deleted']
}
