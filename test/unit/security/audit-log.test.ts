import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { AuditEntry } from '../../../security/audit/audit-entry.ts'
import { readHeads } from '../../../security/audit/audit-files.ts'
import { type AuditLog, type AuditLogOptions, openAuditLog } from '../../../security/audit/audit-log.ts'
import { removeOld } from '../../../security/audit/remove-old.ts'
import type { SignedHead } from '../../../security/audit/signed-head.ts'
import { type AuditVerdict, verifyAudit } from '../../../security/audit/verify-audit.ts'
import { signingKey } from '../../../security/signing-key.ts'
import { rejection } from '../../support/rejection.ts'
import { until } from '../../support/until.ts'

const KEY = signingKey(Buffer.alloc(32, 7), 'audit')
const ENTRY: AuditEntry = { kind: 'read', operation: 'GET /x', outcome: 'permit', caller: 'a1' }

describe('The audit log', () => {
  let parent: string
  let folder: string
  let heads: string
  const failures: string[] = []
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'hub-audit-'))
    folder = join(parent, 'audit')
    heads = join(parent, 'heads.ndjson')
    failures.length = 0
  })
  afterEach(() => rmSync(parent, { recursive: true, force: true }))

  const opened = (more: Partial<AuditLogOptions> = {}): Promise<AuditLog> =>
    openAuditLog({
      ...{ folder, heads, hub: 'test', key: KEY, segmentBytes: 1_000_000 },
      clock: () => 1_750_000_000_000_000,
      failed: (_, text) => void failures.push(text),
      ...more,
    })
  /** A log of so many records in files of about five. */
  const written = async (records: number, more?: Partial<AuditLogOptions>): Promise<void> => {
    const log = await opened({ segmentBytes: 1000, ...more })
    for (let from = 0; from < records; from += 4)
      await Promise.all([0, 1, 2, 3].map((at) => log.append({ ...ENTRY, request: `r${from + at}` })))
    await log.close()
  }
  const segments = (): readonly string[] =>
    readdirSync(folder)
      .filter((name) => /^\d/.test(name))
      .sort()
  const linesOf = (name = ''): string[] => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
  const change = (name: string, edit: (lines: string[]) => readonly string[]): void =>
    writeFileSync(join(folder, name), `${edit(linesOf(name)).join('\n')}\n`)
  const verified = (): Promise<AuditVerdict> => verifyAudit({ folder, heads, keys: [KEY.id] })
  const faults = async (): Promise<string> => (await verified()).faults.map(({ text }) => text).join('; ')

  it('keeps records in order, each with the hash of the one before, in files that follow each other', async () => {
    await written(20)
    const { records, first, last, sealed, faults: none } = await verified()
    expect(none).to.deep.equal([])
    expect([first, last, sealed?.seq]).to.deep.equal([1, records, records])
    expect(segments().length).to.be.greaterThan(3)
    expect(JSON.parse(linesOf(segments()[0])[2] ?? '')).to.include({ seq: 3, request: 'r0', caller: 'a1' })
  })

  it('goes on where it ended, and drops what was written in part', async () => {
    await written(3)
    appendFileSync(join(folder, segments().at(-1) ?? ''), '{"seq":99,"prev":"')
    await written(3)
    expect(await faults()).to.equal('')
    expect(failures).to.deep.equal([])
  })

  it('writes together what comes together', async () => {
    const log = await opened()
    await Promise.all(Array.from({ length: 2500 }, () => log.append(ENTRY)))
    expect(log.numbers().records).to.equal(2502)
    await log.close()
    expect(await faults()).to.equal('')
  })

  describe('is found out to be changed, and where:', () => {
    beforeEach(() => written(20))
    const [third, fourth] = [2, 3]
    const name = (at: number): string => segments()[at] ?? ''
    const first = (at: number): number => Number(name(at).slice(0, 12))

    it('a record that was removed', async () => {
      change(name(third), (lines) => lines.filter((_, at) => at !== 1))
      expect(await faults()).to.include(`record ${first(third) + 1} is missing`)
    })
    it('a record that was altered', async () => {
      change(name(third), (lines) => lines.map((line) => line.replace('"a1"', '"b2"')))
      expect(await faults()).to.match(/does not go on from record \d+ as it stands/)
    })
    it('records that changed places', async () => {
      change(name(third), ([one = '', two = '', three = '', ...rest]) => [one, three, two, ...rest])
      expect(await faults()).to.include('out of its place')
    })
    it('files that changed places', async () => {
      const lines = linesOf(name(third))
      const others = linesOf(name(fourth))
      change(name(third), () => others)
      change(name(fourth), () => lines)
      const { faults: found } = await verified()
      expect(found[0]?.file).to.equal(name(third))
      expect(found.map(({ text }) => text).join()).to.include('out of its place')
    })
    it('a file that was removed', async () => {
      const gone = `records ${first(third)} to ${first(fourth) - 1} are missing`
      rmSync(join(folder, name(third)))
      expect(await faults()).to.include(gone)
    })
    it('the first file removed without a record of it', async () => {
      rmSync(join(folder, name(0)))
      expect(await faults()).to.include('no record says that those before were removed')
    })
    it('a tail that was cut off, even together with the heads in its folder', async () => {
      const { last = 0 } = await verified()
      change(segments().at(-1) ?? '', (lines) => lines.slice(0, -1))
      expect(await faults()).to.include(`record ${last} is missing`)
      writeFileSync(join(folder, 'heads.ndjson'), '')
      expect(await faults()).to.include(`record ${last} is missing`)
    })
    it('a chain that was made anew: its heads are signed by somebody else, or say something else', async () => {
      rmSync(folder, { recursive: true })
      await written(20, {
        key: signingKey(Buffer.alloc(32, 8), 'audit'),
        heads: join(parent, 'others.ndjson'),
      })
      expect(await faults()).to.include('signed by another key')
      expect(await faults()).to.include('another one than a head was signed of')
    })
    it('a head that was altered', async () => {
      writeFileSync(heads, readFileSync(heads, 'utf8').replace('"seq":', '"seq":1'))
      expect(await faults()).to.include('is not signed by its key')
    })
    it('all of it cut back consistently, by a head that was kept elsewhere', async () => {
      const anchors = await readHeads(heads)
      rmSync(folder, { recursive: true })
      for (const path of [heads, `${heads}.newest`]) rmSync(path)
      await written(3)
      expect(await faults()).to.equal('')
      const { faults: found } = await verifyAudit({ folder, heads, anchors })
      expect(found.map(({ text }) => text).join()).to.match(/are missing that a head was signed of/)
    })
    it('a tail that was cut off a moment after it was written, by either place of the newest head', async () => {
      const log = await opened()
      await log.append(ENTRY)
      const { last = 0 } = await verified()
      const places = [join(folder, 'newest-head.json'), `${heads}.newest`]
      const seqs = async () => (await Promise.all(places.map(readHeads))).map(([head]) => head?.seq)
      await until('the newest head', async () => (await seqs()).every((seq) => seq === last))
      for (const place of places) expect(readFileSync(place, 'utf8').length % 512).to.equal(0)
      expect((await readHeads(heads)).at(-1)?.seq, 'signed for good').to.be.lessThan(last)
      change(segments().at(-1) ?? '', (lines) => lines.slice(0, -1))
      for (const place of places) {
        expect(await faults()).to.include(`record ${last} is missing`)
        rmSync(place)
      }
      expect(await faults()).to.equal('')
      await log.close()
    })
    it('records that were added while nobody kept the log, when it is opened', async () => {
      const { last = 0 } = await verified()
      appendFileSync(join(folder, name(segments().length - 1)), '{"seq":99,"prev":"made up"}\n')
      await written(1)
      const { details } = segments()
        .flatMap(linesOf)
        .map((line) => JSON.parse(line))
        .findLast(({ operation }) => operation === 'log.opened')
      expect(details).to.deep.include({ unsealed: 99 - last })
    })
    it('what was cut in all files, by somebody else who remembers a head', async () => {
      const kept: SignedHead[] = []
      const witness = {
        newest: async () => kept.at(-1),
        keep: async (head: SignedHead) => void kept.push(head),
      }
      await written(1, { witness })
      const { last = 0 } = await verified()
      expect(kept.at(-1)?.seq).to.equal(last)
      change(segments().at(-1) ?? '', (lines) => lines.slice(0, -1))
      for (const path of [
        heads,
        `${heads}.newest`,
        join(folder, 'heads.ndjson'),
        join(folder, 'newest-head.json'),
      ])
        rmSync(path)
      expect(await faults()).to.equal('')
      await written(1, { witness })
      expect(failures).to.deep.equal(['audit log ends before its signed head: records are missing'])
    })
    it('and a log that was cut goes on behind its head and says so', async () => {
      const { last = 0 } = await verified()
      change(segments().at(-1) ?? '', (lines) => lines.slice(0, -1))
      await written(1)
      expect(failures).to.deep.equal(['audit log ends before its signed head: records are missing'])
      expect(await faults()).to.include(`record ${last} is missing`)
    })
  })

  it('loses its oldest files as a whole when they are old enough, says which, and is whole', async () => {
    let days = 0
    const log = await opened({
      segmentBytes: 1000,
      clock: () => 1_750_000_000_000_000 + days * 86_400_000_000,
    })
    for (; days < 8; days++) await Promise.all([1, 2, 3, 4].map(() => log.append(ENTRY)))
    const before = segments().length
    expect(await removeOld(folder, log, 1_750_000_000_000_000 - 1)).to.equal(0)
    const removed = await removeOld(folder, log, 1_750_000_000_000_000 + 4.5 * 86_400_000_000)
    expect(removed).to.be.greaterThan(1)
    await log.close()
    expect(segments().length).to.be.within(before - removed, before - removed + 1)
    const { faults: none, first, last } = await verified()
    expect(none).to.deep.equal([])
    expect(first).to.be.greaterThan(8)
    expect(last).to.be.greaterThan(32)
    // the next one goes without a word
    rmSync(join(folder, segments()[0] ?? ''))
    expect(await faults()).to.include('no record says that those before were removed')
  })

  it('refuses what it cannot write, says so, and goes on with the next that it can', async () => {
    let isFull = false
    const log = await opened({
      openFile: async (path, flags) => {
        const file = await open(path, flags)
        const write = file.write.bind(file) as (...given: unknown[]) => Promise<unknown>
        const full = (): Promise<never> =>
          Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
        return Object.assign(file, { write: (...given: unknown[]) => (isFull ? full() : write(...given)) })
      },
    })
    await log.append(ENTRY)
    isFull = true
    expect(await rejection(log.append(ENTRY))).to.include({ code: 'InsufficientStorage' })
    expect(await rejection(log.check())).to.include({ code: 'InsufficientStorage' })
    isFull = false
    await log.check()
    await log.append(ENTRY)
    expect(log.numbers().failures).to.equal(2)
    await log.close()
    expect(await faults()).to.equal('')
  })
})
