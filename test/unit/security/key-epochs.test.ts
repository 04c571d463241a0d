import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { openMaskKeyFile, underEpoch } from '../../../broker/main/mask-key-file.ts'
import { epochAt, parseKeyEpochs, withNextEpoch } from '../../../security/masking/key-epochs.ts'
import { createMaskKeys } from '../../../security/masking/mask-keys.ts'
import { createMaskKit } from '../../../security/masking/mask-kit.ts'
import { compileView } from '../../../security/policy/compile-view.ts'
import { loadPolicies } from '../../../security/policy/load-policies.ts'
import { until } from '../../support/until.ts'
import { vocabulary } from './support/vocabulary.ts'

const secret = (fill: number) => Buffer.alloc(32, fill)
const entry = (name: string, from: string, fill: number) =>
  `  - { name: '${name}', from: ${from}, secret: '${secret(fill).toString('base64')}' }\n`
const namesOf = (text: string) => parseKeyEpochs(text).map(({ name }) => name)
const FILE = `epochs:\n${entry('b', '2026-07-01', 2)}${entry('a', '2026-01-01', 1)}`

describe('security/masking: epochs of keys (PD-05)', () => {
  it('are in force one after the other, the first one also before it begins', () => {
    const epochs = parseKeyEpochs(FILE)
    const at = (day: string) => epochAt(epochs, Date.parse(day))?.name
    expect([at('2025-01-01'), at('2026-06-30T23:59:59Z'), at('2026-07-01'), at('2030-01-01')]).to.deep.equal([
      'a',
      'a',
      'b',
      'b',
    ])
  })

  const FAULTY: readonly (readonly [string, string])[] = [
    ['no list', 'keys: []'],
    ['an epoch without a name', FILE.replace("name: 'a'", "name: ''")],
    ['an epoch without a date', FILE.replace('2026-01-01', 'soon')],
    ['a short secret', FILE.replace(secret(1).toString('base64'), 'c2hvcnQ=')],
    ['two of a name', FILE.replace("'b'", "'a'")],
    ['two from one date', FILE.replace('2026-07-01', '2026-01-01')],
  ]
  for (const [what, text] of FAULTY) {
    it(`refuses a file with ${what}, and says no secret`, () => {
      expect(() => parseKeyEpochs(text))
        .to.throw()
        .with.property('message')
        .not.match(/[A-Za-z0-9+/]{20,}/)
    })
  }

  it('gets a next one, and loses those that ended before the one in force', () => {
    const next = { name: 'c', from: Date.parse('2026-12-01'), secret: secret(3) }
    const names = (now: string) => namesOf(withNextEpoch(FILE, next, { now: Date.parse(now) }))
    expect(names('2026-02-01')).to.deep.equal(['a', 'b', 'c'])
    expect(names('2026-08-01')).to.deep.equal(['b', 'c'])
    const kept = withNextEpoch(FILE, next, { now: Date.parse('2026-08-01'), ended: 'keep' })
    expect(namesOf(kept)).to.deep.equal(['a', 'b', 'c'])
    expect(() => withNextEpoch(FILE, { ...next, from: 0 }, { now: 0 })).to.throw('begins before b')
    expect(parseKeyEpochs(withNextEpoch('', next, { now: 0 }))).to.have.length(1)
  })

  it('change pseudonyms, views and all that is compiled when their time comes, without a restart', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keys-'))
    const path = join(folder, 'keys.yaml')
    writeFileSync(path, FILE, { mode: 0o600 })
    let now = Date.parse('2026-02-01')
    const file = openMaskKeyFile(
      path,
      () => undefined,
      () => now,
    )
    try {
      const keys = createMaskKeys({ secret: secret(9), city: 'song-cong', epoch: file.epoch })
      const kit = createMaskKit(keys)
      const read = loadPolicies([{ name: 'p.yaml', text: 'rules: []' }], vocabulary)
      const policies = underEpoch(
        () => read,
        () => keys.epoch,
      )
      const look = () => ({
        key: Buffer.from(keys.pseudonym('analysis')).toString('hex'),
        caller: Buffer.from(keys.caller).toString('hex'),
        view: compileView(
          policies(),
          { subject: '', issuer: '', roles: [], anonymous: false },
          DEFAULT_TENANT,
          kit,
        ).id,
        policies: policies(),
      })
      const before = look()
      expect(look()).to.deep.equal(before)
      expect(look().policies).to.equal(before.policies)
      now = Date.parse('2026-07-02')
      const after = look()
      expect(after.key).not.to.equal(before.key)
      expect(after.view).not.to.equal(before.view)
      expect(after.policies).not.to.equal(before.policies)
      expect(after.caller).to.equal(before.caller)
    } finally {
      file.stop()
      rmSync(folder, { recursive: true })
    }
  })

  it('are not read from a file that others may read', function () {
    if (process.platform === 'win32') this.skip()
    const folder = mkdtempSync(join(tmpdir(), 'keys-'))
    const path = join(folder, 'keys.yaml')
    writeFileSync(path, FILE, { mode: 0o644 })
    try {
      expect(() => openMaskKeyFile(path, () => undefined)).to.throw()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('are not taken from it either when it came to be so later: those of before stay', async function () {
    if (process.platform === 'win32') this.skip()
    const folder = mkdtempSync(join(tmpdir(), 'keys-'))
    const path = join(folder, 'keys.yaml')
    writeFileSync(path, FILE, { mode: 0o600 })
    const failures: string[] = []
    const file = openMaskKeyFile(path, (error) => void failures.push(String(error)))
    try {
      const { name } = file.epoch()
      chmodSync(path, 0o640)
      // it is followed from the first look on, whenever that is
      const isRefused = (): boolean => {
        writeFileSync(path, `epochs:\n${entry('z', '2026-01-01', 3)}`)
        return failures.length > 0
      }
      await until('the file to be refused', isRefused, 10_000)
      expect(failures.join()).to.contain('may be read by others than its owner')
      expect(file.epoch().name).to.equal(name)
    } finally {
      file.stop()
      rmSync(folder, { recursive: true })
    }
  })
})
