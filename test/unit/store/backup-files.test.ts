import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { backUp } from '../../../broker/cli/run/backup/back-up.ts'
import type { BackupManifest } from '../../../broker/cli/run/backup/manifest.ts'
import { restore } from '../../../broker/cli/run/backup/restore.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { saveTenant } from '../../../broker/store/sqlite/saved-tenant.ts'
import { openSqliteStore } from '../../../broker/store/sqlite/sqlite-store.ts'
import { rejection } from '../../support/rejection.ts'
import { entity, put } from '../../support/store-builders.ts'
import { temporaryFolder } from '../../support/stores.ts'

describe('files of a backup', () => {
  const folder = temporaryFolder()
  const data = join(folder, 'data')

  before(async () => {
    const store = await openSqliteStore({ directory: data })
    await store.commit(DEFAULT_TENANT, [put(entity('urn:a'), 0)])
    await store.close()
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('are for their owner alone from the beginning, whoever may look into the folder', () => {
    if (process.platform === 'win32') return
    const to = join(folder, 'open')
    mkdirSync(to)
    chmodSync(to, 0o755)
    const before = process.umask(0o022)
    try {
      const name = saveTenant(data, DEFAULT_TENANT, to) ?? ''
      expect(statSync(join(to, name)).mode & 0o077).to.equal(0)
    } finally {
      process.umask(before)
    }
  })

  it('are in their folders, whatever a manifest says', async () => {
    const backup = join(folder, 'backup')
    const audit = { folder: join(folder, 'no-audit'), heads: join(folder, 'no-heads') }
    const manifest = await backUp({ data, to: backup, audit, tell: () => undefined })
    const [tenant] = manifest.tenants
    const { bytes, sha256 } = tenant ?? { bytes: 0, sha256: '' }
    writeFileSync(join(folder, 'elsewhere'), readFileSync(join(backup, 'default.sqlite')))
    for (const name of ['../elsewhere', '..', 'audit/../../elsewhere', join(folder, 'elsewhere')]) {
      const other: BackupManifest = { ...manifest, audit: [{ name, bytes, sha256 }] }
      writeFileSync(join(backup, 'backup.json'), JSON.stringify(other))
      const to = join(folder, 'in', 'restored')
      const refused = await rejection(restore({ backup, data: to, tell: () => undefined }))
      expect(String(refused), name).to.include('names files elsewhere')
      expect(existsSync(join(folder, 'in')), name).to.equal(false)
    }
  })
})
