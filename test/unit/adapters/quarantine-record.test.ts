import { expect } from 'chai'
import {
  quarantineJson,
  quarantineOf,
  quarantineRecord,
} from '../../../adapters/kit/intake/quarantine-record.ts'

const why = { reason: 'implausible', detail: 'pH is out of its range' } as const
const piece = { raw: Buffer.from('{"CnlNum":105}'), line: 1 }
const came = (cameAt: string) =>
  quarantineRecord({ feed: 'water-scada', input: 'http-poll', cameAt, places: false }, piece, why)

describe('quarantine records', () => {
  it('keep when their input came, for the records that have no time', () => {
    const record = came('2025-11-15T01:35:00.000Z')
    expect(quarantineOf(quarantineJson(record))).to.deep.equal(record)
    expect(record.cameAt).to.equal('2025-11-15T01:35:00.000Z')
  })

  it('are the same record whenever it comes', () =>
    expect(came('2025-11-15T01:35:00.000Z').id).to.equal(came('2025-11-15T01:36:00.000Z').id))
})
