import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { openForReading } from '../../../broker/store/sqlite/connection.ts'
import { createdWith } from '../../../broker/store/sqlite/history/created-with.ts'
import { openSqliteStore } from '../../../broker/store/sqlite/sqlite-store.ts'
import { tenantFile } from '../../../broker/store/sqlite/tenant-files.ts'
import { entity, PM10, property, put } from '../../support/store-builders.ts'

const NO2 = 'https://example.org/no2'

describe('SQLite store: what entities were created with', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hub-created-'))
  after(() => rmSync(directory, { recursive: true }))

  it('is known however few are remembered', async () => {
    const store = await openSqliteStore({ directory })
    const made = [PM10, NO2, PM10].map((name, at) =>
      put(entity(`urn:c:${at}`, { attributes: { [name]: [property(at)] } })),
    )
    const keys = (await store.commit(DEFAULT_TENANT, made)).map(({ version }) => version)
    await store.close()
    const [first = 0, second = 0, third = 0] = keys
    const database = openForReading({ file: tenantFile(directory, DEFAULT_TENANT) })
    for (const most of [0, 1, 2, 3, 100]) {
      const having = createdWith(database, most)
      for (const asked of [[first, second], [first, third], [second], [third, second, first], [first, 999]])
        for (const name of [PM10, NO2]) {
          const expected = asked.filter((key) => keys.includes(key) && (key === second) === (name === NO2))
          expect(having(asked, name), `${most}: ${asked} ${name}`).to.deep.equal(expected)
        }
    }
    database.close()
  })
})
