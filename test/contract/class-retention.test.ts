import { expect } from 'chai'
import type { Entity } from '../../broker/core/model/entity.ts'
import type { JsonObject } from '../../broker/core/model/json.ts'
import { DEFAULT_TENANT, hiddenTenant } from '../../broker/core/model/tenant.ts'
import type { Recording } from '../../broker/core/temporal/recording.ts'
import { keepNoLonger } from '../../broker/operations/privacy/keep-no-longer.ts'
import type { PrivacyRules } from '../../broker/operations/privacy/privacy-dependencies.ts'
import { parseEntity } from '../../broker/store/port/change.ts'
import type { Store } from '../../broker/store/port/store.ts'
import { createReportKey, verifyReport } from '../../security/privacy/signed-report.ts'
import { append, entity, NOW, property, put, remove } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const [PHONE, PLATE, LEVEL] = ['phone', 'plate', 'level'].map((name) => `https://example.org/${name}`) as [
  string,
  string,
  string,
]
const HELD = 'https://example.org/Violation'
const DAY = 86_400_000_000
const COPY = hiddenTenant(DEFAULT_TENANT, 'copy')
const CLASSES: Readonly<Record<string, string>> = { [PHONE]: 'basic', [PLATE]: 'sensitive', [LEVEL]: 'none' }

for (const { name, open } of stores) {
  describe(`${name}: personal data that is kept no longer than its class may be`, () => {
    let opened: OpenedStore
    let store: Store
    let now: number
    let rules: PrivacyRules
    const reports: JsonObject[] = []
    const recorded: object[] = []
    const key = createReportKey(Buffer.alloc(32, 7))
    const run = () =>
      keepNoLonger({
        store,
        clock: () => ++now,
        rules: () => rules,
        retain: () => rules.retain,
        classOf: (attribute) => CLASSES[attribute],
        retentionOf: () => ['personal'],
        hub: { name: 'hub', city: 'thai-nguyen' },
        reportKey: key,
        audit: {
          record: async (action) => void recorded.push(action),
          forget: async () => undefined,
        },
        forgetAnswers: () => undefined,
        keepReport: async (_, report) => {
          reports.push(report)
          return undefined
        },
      })(new AbortController().signal)
    const person = (id: string, at: number, members: Partial<Entity> = {}): Entity =>
      entity(id, {
        createdAt: at,
        modifiedAt: at,
        attributes: {
          [PHONE]: [property(`phone of ${id}`, { modifiedAt: at })],
          [PLATE]: [property(`plate of ${id}`, { modifiedAt: at, observedAt: at })],
          [LEVEL]: [property(`level of ${id}`, { modifiedAt: at })],
        },
        ...members,
      })
    const now_ = async (id: string, tenant = DEFAULT_TENANT) => {
      const stored = await store.read(tenant, id)
      return stored && Object.keys(parseEntity(stored.text).attributes)
    }
    const past = async (id: string) => {
      const all = await store.instances(DEFAULT_TENANT, id, { order: 'oldest', perAttribute: 100 })
      return all.filter(({ deletedAt }) => deletedAt === undefined).map(({ attribute }) => attribute)
    }
    const bytes = () => opened.contents()

    before(async () => {
      now = NOW
      rules = {
        choices: [],
        holds: [
          { reason: 'a trial', types: new Set([HELD]), until: NOW + 200 * DAY },
          // on quarantined records alone
          { reason: 'another', feeds: new Set(['cameras']) },
        ],
        retain: [
          { class: 'sensitive', days: 30 },
          { class: 'basic', days: 90 },
        ],
      }
      // history keeps no phones: of those that were deleted the log alone tells
      const recording: Recording = (_, name) => (name === PHONE ? { keep: 'off' } : undefined)
      opened = await open(() => now, recording)
      store = opened.store
      const gone = person('urn:t:gone', NOW)
      const moved = person('urn:t:moved', NOW)
      const later = person('urn:t:moved', NOW + 20 * DAY)
      await store.commit(DEFAULT_TENANT, [
        put(person('urn:t:old', NOW)),
        put(person('urn:t:held', NOW, { types: [HELD] })),
        put(gone),
        remove(gone, 'previous', NOW + DAY),
        put(moved),
        put(later, 'previous', moved),
        append('urn:t:imported', [property('plate long ago', { observedAt: NOW - 400 * DAY })], {
          attribute: PLATE,
        }),
      ])
      await store.createHidden(COPY)
      await store.commit(COPY, [put(person('urn:t:copied', NOW))])
    })
    after(() => opened.close())

    it('leaves what is not too old, and proves nothing then', async () => {
      now = NOW + DAY
      const report = await run()
      expect(report?.erased).to.have.length(1) // what was imported is old already
      expect(await past('urn:t:imported')).to.deep.equal([])
      expect(await run()).to.equal(undefined)
      expect(await now_('urn:t:old')).to.have.members([PHONE, PLATE, LEVEL])
      expect(await bytes()).to.include('plate of urn:t:old')
    })

    it('takes each class in its time out of the state, history, log and files', async () => {
      now = NOW + 40 * DAY
      const report = await run()
      expect(await now_('urn:t:old')).to.have.members([PHONE, LEVEL])
      expect(await past('urn:t:old')).not.to.include(PLATE)
      expect(await now_('urn:t:moved')).to.include(PLATE)
      expect(report?.finished).to.equal(true)
      expect(await now_('urn:t:copied', COPY)).to.have.members([PHONE, LEVEL])
      for (const id of ['old', 'gone', 'moved', 'copied'] as const) {
        expect((await bytes()).includes(`plate of urn:t:${id}`), id).to.equal(id === 'moved')
        expect(await bytes(), id)
          .to.include(`phone of urn:t:${id}`)
          .and.to.include(`level of urn:t:${id}`)
      }
    })

    it('takes what only the log tells of', async () => {
      now = NOW + 95 * DAY
      expect((await run())?.finished).to.equal(true)
      for (const id of ['old', 'gone'] as const)
        for (const what of ['plate', 'phone'] as const)
          expect(await bytes()).not.to.include(`${what} of urn:t:${id}`)
      expect(await bytes())
        .to.include('level of urn:t:gone')
        .and.not.to.include('plate of urn:t:moved')
      expect(await now_('urn:t:moved')).to.include(PHONE)
      expect(await now_('urn:t:copied', COPY)).to.deep.equal([LEVEL])
    })

    it('leaves what a hold is on until it ends', async () => {
      expect(await now_('urn:t:held')).to.have.members([PHONE, PLATE, LEVEL])
      expect(reports.at(-1)?.held).to.deep.include({
        tenant: DEFAULT_TENANT,
        rule: 0,
        types: [HELD],
        attribute: PLATE,
        reason: 'a trial',
        entities: 1,
      })
      now = NOW + 300 * DAY
      await run()
      expect(await now_('urn:t:held')).to.deep.equal([LEVEL])
      for (const what of ['plate', 'phone'] as const) expect(await bytes()).not.to.include(`${what} of urn:`)
    })

    it('proves each run that erased something, by a report that nobody alters and a record', async () => {
      expect(reports).to.have.length(4)
      for (const report of reports) expect(verifyReport(report)).to.equal(key.publicKey)
      expect(verifyReport({ ...reports[1], erased: [] } as JsonObject)).to.equal(undefined)
      const { rules: said, erased } = reports[1] ?? {}
      expect(said).to.deep.include({ class: 'sensitive', days: 30, before: '2026-01-11T00:00:00Z' })
      expect(erased).to.deep.equal([
        {
          ...{ tenant: DEFAULT_TENANT, rule: 0, types: entity('').types, attribute: PLATE },
          ...{ entities: 4, values: 2, instances: 5 },
        },
      ])
      expect(JSON.stringify(reports)).not.to.include('urn:t:').and.not.to.include('plate of')
      expect(recorded).to.have.length(4)
      expect(recorded[1]).to.deep.include({ operation: 'privacy.retain', outcome: 'done' })
      expect(await run()).to.equal(undefined)
    })

    it('passes over nothing in the log that the clock of another process made younger than what follows', async () => {
      const start = NOW + 300 * DAY
      const times = { ahead: start + 2 * DAY, 'far-ahead': start + 9 * DAY, behind: start }
      for (const [id, at] of Object.entries(times)) {
        const gone = person(`urn:t:${id}`, at, {
          attributes: { [PHONE]: [property(`phone of ${id}`, { modifiedAt: at })] },
        })
        await store.commit(DEFAULT_TENANT, [put(gone), remove(gone, 'previous', at)])
      }
      const left = async () => {
        const all = await bytes()
        return Object.keys(times).filter((id) => all.includes(`phone of ${id}`))
      }
      now = start + 91 * DAY
      await run()
      expect(await left()).to.deep.equal(['ahead', 'far-ahead'])
      now = start + 93 * DAY
      await run()
      expect(await left()).to.deep.equal(['far-ahead'])
    })
  })
}
