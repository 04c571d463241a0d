import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { expect } from 'chai'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT, hiddenTenant, parseTenant } from '../../../broker/core/model/tenant.ts'
import { SILENT } from '../../../broker/store/port/store-log.ts'
import { openForReading, openForWriting } from '../../../broker/store/sqlite/connection.ts'
import { MIGRATIONS, migrate, schemaVersion } from '../../../broker/store/sqlite/schema/schema.ts'
import { openSqliteStore, type SqliteStoreOptions } from '../../../broker/store/sqlite/sqlite-store.ts'
import { rejection } from '../../support/rejection.ts'
import { document, entity, NOW, PM10, property, put, remove } from '../../support/store-builders.ts'
import { temporaryFolder } from '../../support/stores.ts'

const ID = 'urn:ngsi-ld:T:1'

describe('SQLite store', () => {
  let directory: string
  beforeEach(() => {
    directory = temporaryFolder()
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))
  const open = (options: Partial<SqliteStoreOptions> = {}) => openSqliteStore({ directory, ...options })

  it('goes on with its data after closing', async () => {
    const store = await open()
    await store.createTenant(parseTenant('City'))
    const [kept] = await store.commit(parseTenant('City'), [put(entity(ID))])
    await store.close()
    const again = await open()
    expect(await again.tenants()).to.have.members([DEFAULT_TENANT, 'City'])
    expect((await again.read(parseTenant('City'), ID))?.version).to.equal(kept?.version)
    const [next] = await again.commit(parseTenant('City'), [put(entity('urn:x:2'))])
    expect(next?.version).to.be.greaterThan(kept?.version ?? 0)
    await again.close()
  })

  it('refuses writes once it is closed', async () => {
    const store = await open()
    await store.close()
    const error = await rejection(store.commit(DEFAULT_TENANT, [put(entity(ID))]))
    expect(error).to.be.instanceOf(Problem).with.property('code', 'ServiceUnavailable')
  })

  it('leaves nothing to recover where it was closed', async () => {
    const store = await open()
    await store.commit(DEFAULT_TENANT, [put(entity(ID))])
    await store.query(DEFAULT_TENANT, { query: {}, limit: 1, maxRows: 10 })
    await store.close()
    const log = join(directory, 'default.sqlite-wal')
    expect(existsSync(log) ? statSync(log).size : 0).to.equal(0)
    const database = new DatabaseSync(join(directory, 'default.sqlite'), { readOnly: true })
    expect({ ...database.prepare('SELECT id FROM entity').get() }).to.deep.equal({ id: ID })
    database.close()
  })

  describe('folder lock', () => {
    it('refuses a second opener and names the folder and the process', async () => {
      const store = await open()
      const error = await rejection(open())
      expect(error).to.be.instanceOf(Problem)
      expect(String(error)).to.contain(directory).and.contain(`process ${process.pid}`)
      await store.commit(DEFAULT_TENANT, [put(entity(ID))])
      await store.close()
      await (await open()).close()
    })

    it('refuses the folder of another process, and takes it over when that was killed', async () => {
      const program = new URL('../../support/write-program.js', import.meta.url)
      const child = spawn(process.execPath, [program.pathname, directory], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      const error = await rejection(open())
      expect(String(error)).to.contain(`process ${child.pid}`)
      child.kill('SIGKILL')
      await once(child, 'exit')
      const store = await open()
      expect((await store.log(DEFAULT_TENANT, 0, 1)).length).to.equal(1)
      await store.close()
    })
  })

  describe('connections', () => {
    it('have synchronous FULL and WAL when writing, and cannot write when reading', async () => {
      await (await open()).close()
      const file = join(directory, 'default.sqlite')
      const writer = openForWriting({ file })
      expect({ ...writer.prepare('PRAGMA synchronous').get() }).to.deep.equal({ synchronous: 2 })
      expect({ ...writer.prepare('PRAGMA journal_mode').get() }).to.deep.equal({ journal_mode: 'wal' })
      expect({ ...writer.prepare('PRAGMA secure_delete').get() }).to.deep.equal({ secure_delete: 1 })
      const reader = openForReading({ file })
      expect({ ...reader.prepare('PRAGMA synchronous').get() }).to.deep.equal({ synchronous: 2 })
      expect(() => reader.exec('DELETE FROM entity')).to.throw(/readonly|read-only|not authorized/i)
      reader.close()
      writer.close()
    })

    it('refuse to start where SQLite does not do what it was told', () => {
      expect(() => openForWriting({ file: ':memory:' })).to.throw('SQLite answers journal_mode = memory')
    })
  })

  describe('schema', () => {
    it('refuses a file that a newer program wrote', async () => {
      await (await open()).close()
      const database = new DatabaseSync(join(directory, 'default.sqlite'))
      database.exec('PRAGMA user_version = 99')
      database.close()
      const error = await rejection(open())
      expect(error).to.be.instanceOf(Problem).with.property('code', 'ServiceUnavailable')
      expect(String(error)).to.contain('schema 99')
      const unlocked = await rejection(open())
      expect(String(unlocked)).to.contain('schema 99')
    })

    it('backs a file up before it migrates, and leaves it as it was when that fails', async () => {
      const store = await open()
      await store.commit(DEFAULT_TENANT, [put(entity(ID))])
      await store.close()
      const file = join(directory, 'default.sqlite')
      const database = openForWriting({ file })
      const failing = () => {
        database.exec('CREATE TABLE extra (a)')
        throw new Error('half way')
      }
      expect(() => migrate(database, file, [...MIGRATIONS, failing])).to.throw('half way')
      expect(schemaVersion(database)).to.equal(MIGRATIONS.length)
      migrate(database, file, [...MIGRATIONS, () => database.exec('CREATE TABLE extra (a)')])
      expect(schemaVersion(database)).to.equal(MIGRATIONS.length + 1)
      database.close()
      const backup = readdirSync(directory).find((name) => name.includes('.backup-'))
      const restored = temporaryFolder()
      copyFileSync(join(directory, backup ?? ''), join(restored, 'default.sqlite'))
      const before = await openSqliteStore({ directory: restored })
      expect((await before.read(DEFAULT_TENANT, ID))?.id).to.equal(ID)
      await before.close()
      rmSync(restored, { recursive: true })
    })
  })

  describe('bounds', () => {
    it('refuses tenants beyond the quota', async () => {
      const store = await open({ maxTenants: 2 })
      await Promise.all(['a', 'b'].map((name) => store.createTenant(parseTenant(name))))
      const error = await rejection(store.createTenant(parseTenant('c')))
      expect(error).to.be.instanceOf(Problem).with.property('code', 'TooManyRequests')
      await store.createTenant(parseTenant('a'))
      expect((await store.tenants()).length).to.equal(3)
      await store.close()
    })

    it('counts hidden tenants apart from the others, and leaves no file of a dropped one', async () => {
      const store = await open({ maxTenants: 1, maxHidden: 2 })
      const [one, other, third] = ['a1', 'b2', 'c3'].map((key) => hiddenTenant(parseTenant('City'), key))
      for (const tenant of [one!, other!]) await store.createHidden(tenant)
      const error = await rejection(store.createHidden(third!))
      expect(error).to.be.instanceOf(Problem).with.property('code', 'TooManyRequests')
      await store.createTenant(parseTenant('City'))
      await store.commit(one!, [put(entity(ID))])
      expect((await store.read(one!, ID))?.id).to.equal(ID)
      await store.dropHidden(one!)
      expect(readdirSync(directory).filter((name) => name.includes('a1'))).to.deep.equal([])
      await store.createHidden(third!)
      await store.close()
      const reopened = await open()
      expect(await reopened.hiddenTenants()).to.have.members([other, third])
      expect(await reopened.tenants()).to.have.members([DEFAULT_TENANT, parseTenant('City')])
      await reopened.close()
    })

    it('serves more tenants than it holds open', async () => {
      const store = await open({ maxOpenTenants: 2 })
      const tenants = ['a', 'b', 'c', 'd', 'e'].map(parseTenant)
      for (const tenant of tenants) await store.createTenant(tenant)
      await Promise.all(tenants.map((tenant) => store.commit(tenant, [put(entity(ID))])))
      await Promise.all(tenants.map((tenant) => store.commit(tenant, [put(entity('urn:x:2'))])))
      const read = await Promise.all(tenants.map((tenant) => store.readMany(tenant, [ID, 'urn:x:2'])))
      expect(read.map((rows) => rows.length)).to.deep.equal([2, 2, 2, 2, 2])
      await store.close()
    })

    it('refuses writes that find no space, goes on reading, and writes again when there is space', async () => {
      const store = await open({ maxTenantBytes: 1024 * 1024 })
      const filler = (at: number) =>
        document(`urn:f:${at}`, { text: 'x'.repeat(50_000) }, { collection: 'feed', logged: false })
      let kept = 0
      let error: unknown
      for (; kept < 100 && !error; kept++)
        error = await rejection(store.commit(DEFAULT_TENANT, [filler(kept)]))
      expect(error).to.be.instanceOf(Problem).with.property('code', 'InsufficientStorage')
      const before = await store.documents(DEFAULT_TENANT, 'feed', { limit: 100 })
      expect(before.length)
        .to.equal(kept - 1)
        .and.be.greaterThan(5)
      expect((await store.counters(DEFAULT_TENANT)).types.size).to.equal(0)
      await store.commit(DEFAULT_TENANT, [
        document('urn:f:0', undefined, { collection: 'feed', logged: false }),
      ])
      const [again] = await store.commit(DEFAULT_TENANT, [filler(200)])
      expect(again?.outcome).to.equal('kept')
      expect((await store.documents(DEFAULT_TENANT, 'feed', { limit: 100 })).length).to.equal(before.length)
      await store.close()
    })
  })

  describe('writer thread', () => {
    it('is started again when it dies; what was waiting is rejected, what follows is kept', async () => {
      const warnings: string[] = []
      const log = { ...SILENT, warn: (_: object, text: string) => void warnings.push(text) }
      const store = await open({ log })
      await store.commit(DEFAULT_TENANT, [put(entity(ID))])
      const ids = Array.from({ length: 20 }, (_, at) => `urn:w:${at}`)
      const waiting = ids.map((id) => rejection(store.commit(DEFAULT_TENANT, [put(entity(id))])))
      const crashed = store.writer.crash()
      const behind = rejection(store.commit(DEFAULT_TENANT, [put(entity('urn:w:behind'))]))
      await crashed
      const errors = await Promise.all(waiting)
      for (const error of [await behind, ...errors.filter((one) => one !== undefined)]) {
        expect(error).to.be.instanceOf(Problem).with.property('code', 'ServiceUnavailable')
      }
      const kept = ids.filter((_, at) => errors[at] === undefined)
      expect((await store.readMany(DEFAULT_TENANT, kept)).map(({ id }) => id)).to.deep.equal(kept)
      const [next] = await store.commit(DEFAULT_TENANT, [put(entity('urn:x:3'))])
      expect(next?.outcome).to.equal('kept')
      expect((await store.read(DEFAULT_TENANT, ID))?.id).to.equal(ID)
      expect(warnings).to.deep.equal(['Writer thread ended and is started again'])
      await store.close()
    })

    it('pauses between starts when it dies again and again, and says so to writers', async () => {
      const store = await open()
      for (let death = 0; death < 3; death++) await store.writer.crash()
      const error = await rejection(store.commit(DEFAULT_TENANT, [put(entity(ID))]))
      expect(error).to.be.instanceOf(Problem).with.property('code', 'ServiceUnavailable')
      expect(await store.read(DEFAULT_TENANT, ID)).to.equal(undefined)
      let kept: unknown
      while (!kept) {
        kept = await store.commit(DEFAULT_TENANT, [put(entity(ID))]).catch(() => undefined)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      expect((await store.read(DEFAULT_TENANT, ID))?.id).to.equal(ID)
      await store.close()
    })

    it('keeps the other units of a group when one cannot be applied', async () => {
      const store = await open()
      const broken = put(entity('urn:x:broken'))
      // a shape that no decision answers: the log cannot keep a record without a time
      const bad: typeof broken = JSON.parse(JSON.stringify(broken).replaceAll(/"at":\d+/g, '"at":"never"'))
      const outcomes = await Promise.all([
        rejection(store.commit(DEFAULT_TENANT, [put(entity('urn:x:1'))])),
        rejection(store.commit(DEFAULT_TENANT, [bad])),
        rejection(store.commit(DEFAULT_TENANT, [put(entity('urn:x:2'))])),
      ])
      expect(outcomes[0]).to.equal(undefined)
      expect(outcomes[1]).to.be.instanceOf(Problem).with.property('code', 'InternalError')
      expect(outcomes[2]).to.equal(undefined)
      const rows = await store.readMany(DEFAULT_TENANT, ['urn:x:1', 'urn:x:broken', 'urn:x:2'])
      expect(rows.map(({ id }) => id)).to.deep.equal(['urn:x:1', 'urn:x:2'])
      expect((await store.counters(DEFAULT_TENANT)).types.get(entity('urn:x:1').types[0] ?? '')).to.equal(2)
      await store.close()
    })
  })

  it('leaves nothing of a deleted entity in any index', async () => {
    const store = await open()
    const one = entity(ID, {
      scopes: ['/a'],
      attributes: {
        [PM10]: [property('secret-value')],
        'urn:g': [{ ...property({ type: 'Point', coordinates: [1, 2] }), kind: 'GeoProperty' }],
      },
    })
    await store.commit(DEFAULT_TENANT, [put(one), remove(one, 'previous')])
    await store.close()
    const database = new DatabaseSync(join(directory, 'default.sqlite'))
    for (const table of [
      'entity',
      'entity_type',
      'entity_scope',
      'presence',
      'scalar',
      'box',
      'entity_box',
    ]) {
      expect({ ...database.prepare(`SELECT count(*) AS rows FROM ${table}`).get() }, table).to.deep.equal({
        rows: 0,
      })
    }
    database.close()
  })

  it('reaps documents that have expired', async () => {
    let now = NOW
    const store = await open({ clock: () => now })
    await store.commit(DEFAULT_TENANT, [
      document('urn:f:1', {}, { expiresAt: NOW + 5 }),
      document('urn:f:2', {}, { expiresAt: NOW + 500 }),
    ])
    now = NOW + 5
    await store.reap()
    await store.close()
    const database = new DatabaseSync(join(directory, 'default.sqlite'))
    expect(
      database
        .prepare('SELECT id FROM document')
        .all()
        .map(({ id }) => id),
    ).to.deep.equal(['urn:f:2'])
    database.close()
  })
})
