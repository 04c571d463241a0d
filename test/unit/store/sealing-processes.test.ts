import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createContextService } from '../../../broker/contexts/context-service.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { openSealing, type SealedByConfiguration } from '../../../broker/main/sealing.ts'
import { keysIn } from '../../../broker/store/sealed/seal.ts'
import { readSealingState } from '../../../broker/store/sealed/sealing-state.ts'
import { openSqliteStore, type SqliteStore } from '../../../broker/store/sqlite/sqlite-store.ts'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { createEgress } from '../../../security/egress/create-egress.ts'
import { entity, NOW, PM10, put } from '../../support/store-builders.ts'
import { temporaryFolder } from '../../support/stores.ts'
import { until } from '../../support/until.ts'

/** A process that seals a store which others seal too, by a file of keys of its own. */
interface Sealing {
  readonly sealed: SealedByConfiguration
  readonly logged: string[]
  /** Gives it a file of these keys. */
  hold(...keys: readonly string[]): void
}

const FILE_MODE = { mode: 0o600 }

describe('a store that several processes seal', () => {
  const folder = temporaryFolder()
  const egress = createEgress({ mode: 'open', allowedOrigins: [] })
  const contexts = createContextService({ egress, publicUrl: 'https://hub.example', clock: () => NOW })
  let store: SqliteStore
  let first: Sealing
  let second: Sealing
  let written = 0

  async function start(name: string, ...keys: readonly string[]): Promise<Sealing> {
    const keyFile = join(folder, `${name}.yaml`)
    const hold = (...names: readonly string[]): void => {
      const epochs = names.map((key) => {
        const from = `2026-01-0${key.at(-1)}`
        return `  - { name: ${key}, from: ${from}, secret: '${Buffer.alloc(32, key).toString('base64')}' }\n`
      })
      writeFileSync(keyFile, `epochs:\n${epochs.join('')}`, FILE_MODE)
      // it is looked at by its time
      utimesSync(keyFile, ++written, written)
    }
    hold(...keys)
    const logged: string[] = []
    const told = (_: object, text: string) => void logged.push(text)
    const sealed = await openSealing(
      { sealing: { keyFile, classes: [], attributes: [PM10], except: [], lost: [] } },
      store,
      { log: { info: told, warn: told, error: told }, clock: () => NOW, processes: { alone: false } },
    )
    await sealed.know(contexts, readOntology(packageRoot))
    return { sealed, logged, hold }
  }
  const keysOf = async (id: string) => [
    ...new Set(keysIn((await store.read(DEFAULT_TENANT, id))?.text ?? '')),
  ]
  const said = (process: Sealing, text: string) =>
    until(text, () => process.logged.splice(0).includes(text), 20_000)
  const keysKept = async () => Object.keys((await readSealingState(store)).keys)

  before(async () => {
    store = await openSqliteStore({ directory: folder, clock: () => NOW })
    first = await start('first', 'k1')
    second = await start('second', 'k1')
    await first.sealed.resealing?.start()
  })
  after(async () => {
    for (const { sealed } of [first, second]) await sealed.stop()
    await store.close()
    await egress.close()
    rmSync(folder, { recursive: true })
  })

  it('is brought under another key by one of them, and by the other where that one ends', async function () {
    this.timeout(60_000)
    await second.sealed.store.commit(DEFAULT_TENANT, [put(entity('urn:e:1'))])
    expect(await keysOf('urn:e:1')).to.deep.equal(['k1'])
    first.hold('k1', 'k2')
    await said(first, 'nothing is sealed under older keys any more')
    expect(await keysOf('urn:e:1')).to.deep.equal(['k2'])
    // the second one knows nothing of it yet
    await second.sealed.store.commit(DEFAULT_TENANT, [put(entity('urn:e:2'))])
    expect(await keysOf('urn:e:2')).to.deep.equal(['k1'])
    expect(await keysKept()).to.deep.equal(['k2'])
    // and takes no file without what it sealed with meanwhile
    second.hold('k2')
    await said(second, 'file of keys is not followed')
    expect(await keysKept()).to.have.members(['k1', 'k2'])
    second.hold('k1', 'k2')
    await until('the second key', async () => {
      await second.sealed.store.commit(DEFAULT_TENANT, [put(entity(`urn:e:new:${written++}`))])
      return (await keysOf(`urn:e:new:${written - 1}`)).includes('k2')
    })
    expect(second.logged).to.deep.equal([])
    expect(await keysOf('urn:e:2')).to.deep.equal(['k1'])
    await first.sealed.resealing?.stop()
    await second.sealed.resealing?.start()
    await said(second, 'nothing is sealed under older keys any more')
    expect(await keysOf('urn:e:2')).to.deep.equal(['k2'])
    expect(await keysKept()).to.deep.equal(['k2'])
  })
})
