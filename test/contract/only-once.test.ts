import { expect } from 'chai'
import { createEntity as create } from '../../broker/core/merge/create-entity.ts'
import type { Caller } from '../../broker/core/model/caller.ts'
import type { JsonObject } from '../../broker/core/model/json.ts'
import { Problem } from '../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import {
  type KeyedRequest,
  type OnlyOnceDependencies,
  onlyOnce,
} from '../../broker/operations/idempotency/only-once.ts'
import { change } from '../../broker/store/port/change.ts'
import { NOW, TYPE } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const HOUR = 3_600_000_000
const REQUEST: KeyedRequest = { key: 'k', print: 'p' }
const caller = (key: string) => ({ key }) as Caller // nothing else of it is looked at here
const command = (key = 'sensor') => ({ caller: caller(key), tenant: DEFAULT_TENANT, origin: { by: key } })

for (const kind of stores) {
  describe(`${kind.name}: a request under an idempotency key`, () => {
    let opened: OpenedStore
    let now = NOW
    let done: string[]
    const clock = () => ++now
    before(async () => {
      opened = await kind.open(clock)
    })
    after(() => opened.close())
    beforeEach(() => {
      done = []
      now += 100 * HOUR
    })

    /** What one process makes of requests. */
    const processOf = (members: Partial<OnlyOnceDependencies> = {}) =>
      onlyOnce({
        store: opened.store,
        clock,
        secret: Buffer.from('secret'),
        alone: true,
        maxKeys: 100,
        lifetime: 24 * HOUR,
        ...members,
      })

    /** Keeps an entity in the name of the attempt, as creations do; then lets something happen. */
    const creating = (id: string, then: () => void = () => undefined) => ({
      perform: async (attempt: string): Promise<JsonObject> => {
        const target = { tenant: DEFAULT_TENANT, id, origin: { by: 'sensor', requestId: `r+${attempt}` } }
        const fragment = { id, types: [TYPE], attributes: {} }
        await change(opened.store, target, (current) => create(current, fragment, clock()))
        done.push(id)
        then()
        return { status: 201, id }
      },
      resume: (changed: readonly string[]): JsonObject => ({
        status: 201,
        id: changed[0] ?? '',
        resumed: changed.length,
      }),
    })
    const cut = () => {
      throw new Error('The power went')
    }
    const failure = async (promise: Promise<unknown>): Promise<string> =>
      promise.then(
        () => 'none',
        (error: unknown) => (error instanceof Problem ? error.code : 'other'),
      )

    it('is answered by any process, also after a restart, and done once', async () => {
      const first = await processOf()(command('a'), REQUEST, creating('urn:o:1'))
      expect(first).to.deep.equal({ answer: { status: 201, id: 'urn:o:1' }, replayed: false })
      const second = await processOf()(command('a'), REQUEST, creating('urn:o:1'))
      expect(second).to.deep.equal({ answer: first.answer, replayed: true })
      expect(done).to.deep.equal(['urn:o:1'])
    })

    it('belongs to its caller', async () => {
      const once = processOf()
      await once(command('b'), REQUEST, creating('urn:o:2'))
      const other = await once(command('c'), { ...REQUEST, print: 'other' }, creating('urn:o:3'))
      expect(other.replayed).to.equal(false)
    })

    it('is taken up after it was cut off behind its commit, and not done twice', async () => {
      expect(await failure(processOf()(command('d'), REQUEST, creating('urn:o:4', cut)))).to.equal('other')
      const answer = await processOf()(command('d'), REQUEST, creating('urn:o:4'))
      expect(answer).to.deep.equal({ answer: { status: 201, id: 'urn:o:4', resumed: 1 }, replayed: false })
      expect(done).to.deep.equal(['urn:o:4'])
      expect((await processOf()(command('d'), REQUEST, creating('urn:o:4'))).replayed).to.equal(true)
    })

    it('is done after it was cut off before its commit', async () => {
      const nothing = { ...creating('urn:o:5'), perform: async () => cut() }
      expect(await failure(processOf()(command('e'), REQUEST, nothing as never))).to.equal('other')
      // what others do meanwhile is not taken for it
      await processOf()(command('f'), REQUEST, creating('urn:o:6'))
      const { answer } = await processOf()(command('e'), REQUEST, creating('urn:o:5'))
      expect(answer).to.deep.equal({ status: 201, id: 'urn:o:5' })
    })

    it('waits for another process that may still be at it, but not for ever', async () => {
      const patient = { alone: false }
      await failure(processOf(patient)(command('g'), REQUEST, creating('urn:o:7', cut)))
      const early = processOf(patient)(command('g'), REQUEST, creating('urn:o:7'))
      expect(await failure(early)).to.equal('Conflict')
      now += HOUR
      const late = await processOf(patient)(command('g'), REQUEST, creating('urn:o:7'))
      expect(late.answer.resumed).to.equal(1)
    })

    it('is refused under another body even while it is cut off', async () => {
      await failure(processOf()(command('h'), REQUEST, creating('urn:o:8', cut)))
      const other = processOf()(command('h'), { ...REQUEST, print: 'other' }, creating('urn:o:9'))
      expect(await failure(other)).to.equal('UnprocessableContent')
    })

    it('leaves the key free after a refusal and when its time is over', async () => {
      const refused = {
        ...creating('urn:o:10'),
        perform: async () => Promise.reject(new Problem('Conflict', 'Refused')),
      }
      expect(await failure(processOf()(command('i'), REQUEST, refused))).to.equal('Conflict')
      const other = { ...REQUEST, print: 'other' }
      expect((await processOf()(command('i'), other, creating('urn:o:10'))).replayed).to.equal(false)
      now += 25 * HOUR
      expect((await processOf()(command('i'), REQUEST, creating('urn:o:11'))).replayed).to.equal(false)
    })

    it('leaves no trace of key or caller that could be read', async () => {
      await processOf()(command('person-0417'), { key: 'secret-0417', print: 'p' }, creating('urn:o:12'))
      const kept = await opened.store.documents(DEFAULT_TENANT, 'idempotency', { limit: 100 })
      expect(kept.length).to.be.greaterThan(0)
      expect(JSON.stringify(kept)).not.to.match(/person-0417|secret-0417/)
      const logged = await opened.store.log(DEFAULT_TENANT, 0, 1000)
      expect(logged.map(({ collection }) => collection)).not.to.include('idempotency')
    })
  })
}
