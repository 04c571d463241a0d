import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Caller } from '../../../broker/core/model/caller.ts'
import type { Attributes, Instance } from '../../../broker/core/model/entity.ts'
import { DEFAULT_TENANT, hiddenTenant } from '../../../broker/core/model/tenant.ts'
import { type Disclosure, disclosureOf, sumOf } from '../../../broker/core/view/disclosure.ts'
import type { View } from '../../../broker/core/view/view.ts'
import type { Audit } from '../../../security/audit/audit.ts'
import { openAuditLog } from '../../../security/audit/audit-log.ts'
import { createAudit } from '../../../security/audit/create-audit.ts'
import { countExchanges } from '../../../security/audit/exchanges.ts'
import { createSubjects } from '../../../security/audit/subjects.ts'
import { OPEN_CALLER } from '../../../security/open-caller.ts'
import { signingKey } from '../../../security/signing-key.ts'
import { entity, put } from '../../support/store-builders.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'
import { toldProcesses } from '../../support/told-processes.ts'

const SECRET = Buffer.alloc(32, 7)
const joined = toldProcesses()
const instance = (attributes?: Attributes): Instance => ({
  ...{ kind: 'Property', value: 'x', createdAt: 1, modifiedAt: 1 },
  ...(attributes && { attributes }),
})
const VIEW: View = {
  ...OPEN_CALLER.view(DEFAULT_TENANT),
  id: 'v1',
  policy: { generation: 'g1', logs: [] },
  personal: (_, attribute) => {
    if (attribute === 'urn:phone') return { class: 'basic', clear: true }
    if (attribute === 'urn:health') return { class: 'sensitive', clear: false }
    return undefined
  },
}
const ENTITY = {
  ...{ id: 'urn:e:1', types: ['urn:T'] },
  attributes: {
    'urn:phone': [instance(), instance()],
    'urn:health': [instance()],
    'urn:open': [instance({ 'urn:phone': [instance()] })],
  },
}

describe('What an answer shows of persons', () => {
  it('is counted by class, in clear and masked, inside other attributes too', () => {
    expect(disclosureOf(ENTITY, VIEW)).to.deep.equal({
      ...{ subjects: ['urn:e:1'], entities: 1 },
      ...{ clear: { basic: 3 }, masked: { sensitive: 1 } },
    })
  })

  it('is what is picked, and nobody is named where nothing is in clear', () => {
    const picking = (...names: string[]) => ({
      pick: {
        members: new Set<never>(),
        attributes: new Map(names.map((name) => [name, undefined] as const)),
      },
    })
    expect(disclosureOf(ENTITY, VIEW, picking('urn:health'))).to.deep.equal({
      ...{ subjects: [], entities: 1 },
      ...{ clear: {}, masked: { sensitive: 1 } },
    })
    expect(disclosureOf(ENTITY, VIEW, picking('urn:other'))).to.equal(undefined)
    expect(disclosureOf(ENTITY, OPEN_CALLER.view(DEFAULT_TENANT))).to.equal(undefined)
  })

  it('adds up, each entity once', () => {
    const one = disclosureOf(ENTITY, VIEW)
    expect(sumOf([one, undefined, one])).to.deep.equal({
      ...{ subjects: ['urn:e:1'], entities: 2 },
      ...{ clear: { basic: 6 }, masked: { sensitive: 2 } },
    })
    expect(sumOf([undefined])).to.equal(undefined)
  })
})

describe('The audit', () => {
  let folder: string
  let store: OpenedStore
  let audit: Audit
  let isFull = false
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hub-audit-'))
    const clock = () => 1_750_000_000_000_000
    store = await SQLITE.open(clock)
    const failed = (_: unknown, text: string) => {
      if (!isFull) expect.fail(text)
    }
    const log = await openAuditLog({
      ...{ folder, heads: join(folder, 'elsewhere.ndjson'), hub: 'test', key: signingKey(SECRET, 'audit') },
      ...{ clock, segmentBytes: 1_000_000, failed },
      openFile: async (path, flags) => {
        const file = await open(path, flags)
        const write = file.write.bind(file) as (...given: unknown[]) => Promise<unknown>
        const full = () => Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
        return Object.assign(file, { write: (...given: unknown[]) => (isFull ? full() : write(...given)) })
      },
    })
    audit = createAudit({
      ...{
        log,
        folder,
        clock,
        subjects: createSubjects({ ...store, secret: SECRET, clock, processes: joined() }),
      },
      ...{ countMilliseconds: 1_000_000, sealMilliseconds: 1_000_000, lifetime: 1e15 },
      exchanges: countExchanges({ ...store, clock, lifetime: 1e15, failed: (_, text) => expect.fail(text) }),
      writes: () => ({
        asks: () => undefined,
        flush: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
      failed: (_, text) => expect.fail(text),
    })
  })
  after(async () => {
    await audit.close()
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const caller = (view: View): Caller => ({
    ...OPEN_CALLER,
    key: 'c1',
    identity: { purpose: 'p1' },
    view: () => view,
  })
  const shown = (view: View, disclosed?: Disclosure, tenant = DEFAULT_TENANT) =>
    audit.shown({ caller: caller(view), tenant, operation: 'GET /x', disclosed })
  const lines = () => readFileSync(join(folder, '000000000001.ndjson'), 'utf8')

  it('has nothing to wait for where nothing is shown in clear, and nothing to say of who has no identity', async () => {
    expect(shown(VIEW)).to.equal(undefined)
    expect(shown(VIEW, { subjects: [], entities: 1, clear: {}, masked: { basic: 1 } })).to.equal(undefined)
    const disclosed = disclosureOf(ENTITY, VIEW)
    expect(
      audit.shown({ caller: OPEN_CALLER, tenant: DEFAULT_TENANT, operation: 'GET /x', disclosed }),
    ).to.equal(undefined)
  })

  it('counts what is shown masked again and again, also after counts were written', async () => {
    const disclosed = { subjects: [], entities: 2, clear: {}, masked: { sensitive: 3 } }
    const of = { caller: caller(VIEW), tenant: DEFAULT_TENANT, operation: 'GET /again', disclosed }
    const shownAgain = audit.showing(of)
    const counted = () =>
      lines()
        .split('\n')
        .filter((line) => line.includes('GET /again'))
        .map((line) => JSON.parse(line))
        .map(({ times, entities, classes }) => ({ times, entities, classes }))
    expect(shownAgain('request-1')).to.equal(undefined)
    expect(shownAgain('request-2')).to.equal(undefined)
    await audit.seal()
    expect(counted()).to.deep.equal([{ times: 2, entities: 4, classes: { sensitive: 6 } }])
    shownAgain('request-3')
    await audit.shown(of)
    await audit.seal()
    expect(counted().at(-1)).to.deep.equal({ times: 2, entities: 4, classes: { sensitive: 6 } })
  })

  it('records what a rule wants recorded, whatever it shows', async () => {
    await shown({ ...VIEW, policy: { generation: 'g1', logs: ['rule.with-log'] } })
    expect(lines()).to.include('"policy":"g1","view":"v1","rules":["rule.with-log"]')
    expect(lines()).to.include('"purpose":"p1"')
  })

  it('names an entity the same again, also in a snapshot, until its key is destroyed, and never by its id', async () => {
    const disclosed = disclosureOf(ENTITY, VIEW)
    await shown(VIEW, disclosed)
    const subject = await audit.subject(DEFAULT_TENANT, 'urn:e:1')
    await shown(VIEW, disclosed, hiddenTenant(DEFAULT_TENANT, 'key'))
    expect(lines().split(`"subjects":["${subject}"]`).length).to.equal(3)
    const again = createSubjects({
      ...store,
      secret: SECRET,
      clock: () => 1_750_000_000_000_000,
      processes: joined(),
    })
    expect(await again.find(DEFAULT_TENANT, 'urn:e:1')).to.equal(subject)
    await audit.forget(DEFAULT_TENANT, ['urn:e:1'])
    expect(await audit.subject(DEFAULT_TENANT, 'urn:e:1')).to.equal(undefined)
    expect(await again.find(DEFAULT_TENANT, 'urn:e:1'), 'in another process').to.equal(undefined)
    // what is recorded late, here or in another process, is under a key that nobody keeps
    await shown(VIEW, disclosed)
    const late = await again.of(DEFAULT_TENANT, ['urn:e:1', 'urn:e:1'])
    expect(new Set([subject, ...late]).size).to.equal(3)
    for (const find of [audit.subject, again.find])
      expect(await find(DEFAULT_TENANT, 'urn:e:1')).to.equal(undefined)
    await store.store.commit(DEFAULT_TENANT, [put(entity('urn:e:1'))])
    await shown(VIEW, disclosed)
    expect(await audit.subject(DEFAULT_TENANT, 'urn:e:1'))
      .to.be.a('string')
      .not.oneOf([subject, ...late])
    expect(await again.of(DEFAULT_TENANT, ['urn:e:1'])).to.deep.equal([
      await audit.subject(DEFAULT_TENANT, 'urn:e:1'),
    ])
    expect(lines()).not.to.include('urn:e:1')
  })

  it('remembers no key that was destroyed while it was read', async () => {
    const [id, ids] = ['urn:e:race', ['urn:e:race']] as const
    const of = { secret: SECRET, clock: () => 1_750_000_000_000_000 }
    const erasing = createSubjects({ ...of, ...store, processes: joined() })
    const [living] = await erasing.of(DEFAULT_TENANT, ids)
    let destroy: (() => Promise<void>) | undefined = () => erasing.forget(DEFAULT_TENANT, ids)
    const slow = createSubjects({
      ...of,
      processes: joined(),
      store: {
        ...{ read: store.store.read.bind(store.store), commit: store.store.commit.bind(store.store) },
        document: async (...asked) => {
          const found = await store.store.document(...asked)
          await destroy?.()
          destroy = undefined
          return found
        },
      },
    })
    expect(await slow.of(DEFAULT_TENANT, ids)).to.deep.equal([living])
    expect(slow.known(DEFAULT_TENANT, ids)).to.equal(undefined)
    expect(await slow.find(DEFAULT_TENANT, id)).to.equal(undefined)
    expect(await slow.of(DEFAULT_TENANT, ids)).not.to.deep.equal([living])
  })

  it('counts no exchange of what could not be recorded, and so was not shown', async () => {
    const disclosed = disclosureOf(ENTITY, VIEW)
    const datasets = new Map([['urn:T', 1]])
    const again = audit.showing({
      ...{ caller: caller(VIEW), tenant: DEFAULT_TENANT, operation: 'GET /full', disclosed, datasets },
    })
    const given = async () => {
      const days: unknown[] = []
      for await (const { exchanges, entities } of audit.exchanges({ from: '2025-06-15', to: '2025-06-16' }))
        days.push([exchanges, entities])
      return days
    }
    await again()
    expect(await given()).to.deep.equal([[1, 1]])
    isFull = true
    const problem = await again()?.catch((error: unknown) => error)
    isFull = false
    expect(problem).to.include({ code: 'InsufficientStorage' })
    expect(await given()).to.deep.equal([[1, 1]])
  })

  it('records what is done to the hub, and what of whom, by whom or by itself', async () => {
    await audit.record({ operation: 'x.y', outcome: 'done', details: { rules: 3 } })
    expect(lines()).to.include(
      '"kind":"administration","operation":"x.y","outcome":"done","details":{"rules":3}}',
    )
    await audit.record({
      ...{ operation: 'x.z', outcome: 'failed', by: caller(VIEW), tenant: DEFAULT_TENANT },
      entities: ['urn:e:2'],
    })
    expect(lines()).to.include(
      '"operation":"x.z","outcome":"failed","caller":"c1","purpose":"p1","policy":"g1"',
    )
  })
})
