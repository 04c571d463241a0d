import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { backUp } from '../../broker/cli/run/backup/back-up.ts'
import { restore } from '../../broker/cli/run/backup/restore.ts'
import { openAuditLog } from '../../security/audit/audit-log.ts'
import { verifyAudit } from '../../security/audit/verify-audit.ts'
import { signingKey } from '../../security/signing-key.ts'
import { followedChanges } from '../support/followed-changes.ts'
import { freePort } from '../support/free-port.ts'
import { hubCommand } from '../support/hub-command.ts'
import { type HubProcess, startHubProcess } from '../support/hub-process.ts'
import { rejection } from '../support/rejection.ts'
import { temporaryFolder } from '../support/stores.ts'
import { until } from '../support/until.ts'

const WRITERS = 4
const ENTITIES = '/ngsi-ld/v1/entities'
const tell = () => undefined
const CITY = { 'NGSILD-Tenant': 'city' }

describe('a backup of a hub that goes on writing, and is killed', () => {
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  const backup = join(folder, 'backup')
  const restored = join(folder, 'restored')
  const written: string[] = []
  let answeredBefore = 0
  let hub: HubProcess
  /** Where somebody stands who followed the lost hub to its end. */
  let follower = ''

  before(async () => {
    hub = await startHubProcess({ data, port: await freePort() })
    const audit = await openAuditLog({
      folder: join(data, 'audit'),
      heads: join(data, 'audit-heads.ndjson'),
      hub: 'lost',
      key: signingKey(new Uint8Array(32), 'audit'),
      clock: () => Date.now() * 1000,
      segmentBytes: 1_000_000,
      failed: (error) => {
        throw error
      },
    })
    const erased = {
      kind: 'administration',
      operation: 'POST /hub/v1/privacy/erase',
      outcome: 'done',
    } as const
    await audit.append(erased)
    await hub.send('POST', ENTITIES, { id: 'urn:city:1', type: 'Lamp' }, CITY)
    let stop = false
    const write = async (writer: number): Promise<void> => {
      for (let round = 0; !stop; round++) {
        const id = `urn:w:${writer}:${round}`
        const { status } = await hub.send('POST', ENTITIES, {
          id,
          type: 'Lamp',
          level: { type: 'Property', value: round },
        })
        if (status === 201) written.push(id)
      }
    }
    const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
    await until('some writes', () => written.length >= 40)
    answeredBefore = written.length
    const saved = await hubCommand(['backup', '--data', data, '--to', backup, '--verify'])
    expect(saved).to.include({ code: 0 })
    const answered = written.length
    await until('some more writes', () => written.length >= answered + 40)
    stop = true
    await writing
    await audit.append(erased)
    await audit.close()
    follower = (await followedChanges(hub.url)).after
    await hub.kill()
  })
  after(async () => {
    await hub.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is refused where a file of it is not as it was written', async () => {
    const file = join(backup, 'default.sqlite')
    const bytes = readFileSync(file)
    const other = Buffer.from(bytes)
    other[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
    writeFileSync(file, other)
    const refused = await rejection(restore({ backup, data: restored, tell }))
    writeFileSync(file, bytes)
    expect(String(refused)).to.include('default.sqlite is not as it was saved')
    expect(() => statSync(restored)).to.throw('ENOENT')
  })

  it('is for its owner alone, and holds no lock of the hub', () => {
    if (process.platform !== 'win32') {
      expect(statSync(backup).mode & 0o077).to.equal(0)
      expect(statSync(join(backup, 'default.sqlite')).mode & 0o077).to.equal(0)
    }
    expect(() => statSync(join(backup, 'lock.sqlite'))).to.throw('ENOENT')
  })

  it('is restored with every write that was answered before it began, and a log that goes on for who followed', async () => {
    const audit = join(data, 'audit')
    const { code, output } = await hubCommand(['restore', backup, '--data', restored, '--audit', audit])
    expect({ code, output }).to.include({ code: 0 })
    expect(output.match(/erased since/g), 'the erasure before it is in there').to.have.length(1)
    hub = await startHubProcess({ data: restored, port: await freePort() })
    const { body } = await hub.send('GET', `${ENTITIES}?type=Lamp&limit=1000&format=simplified`)
    const found = new Map((body as { id: string; level: number }[]).map(({ id, level }) => [id, level]))
    const missing = written
      .slice(0, answeredBefore)
      .filter((id) => found.get(id) !== Number(id.split(':').at(-1)))
    expect(missing).to.deep.equal([])
    expect(found.has(written.at(-1) ?? ''), 'written long after').to.equal(false)
    expect((await hub.send('GET', `${ENTITIES}/urn:city:1`, undefined, CITY)).status).to.equal(200)
    expect((await hub.send('GET', '/ngsi-ld/v1/temporal/entities/urn:w:0:0')).status).to.equal(200)

    expect((await followedChanges(hub.url, follower)).changes).to.deep.equal([])
    await hub.send('POST', ENTITIES, { id: 'urn:new:1', type: 'Lamp' })
    const { changes } = await followedChanges(hub.url, follower)
    expect(changes.map(({ id }) => id)).to.deep.equal(['urn:new:1'])
  })

  it('has a whole audit log, up to where it was saved', async () => {
    const places = { folder: join(restored, 'audit'), heads: join(restored, 'audit-heads.ndjson') }
    const { faults, records } = await verifyAudit(places)
    expect(faults).to.deep.equal([])
    expect(records).to.be.at.least(2)
  })

  it('goes into a new folder only, and so does what is restored', async () => {
    const audit = { folder: join(data, 'audit'), heads: join(data, 'audit-heads.ndjson') }
    const refusals = [
      backUp({ data: restored, to: backup, audit, tell }),
      backUp({ data: folder, to: join(folder, 'other'), audit, tell }),
      restore({ backup, data, tell }),
      restore({ backup: data, data: join(folder, 'other'), tell }),
    ]
    const texts = (await Promise.all(refusals.map(rejection))).map(String)
    expect(texts[0]).to.include('is not empty')
    expect(texts[1]).to.include('holds no embedded store')
    expect(texts[2]).to.include('is not empty')
    expect(texts[3]).to.include('is no backup')
  })
})
