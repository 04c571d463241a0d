import { expect } from 'chai'
import type { View } from '../../../broker/core/view/view.ts'
import type { Finding } from '../../../broker/federation/discovery/read-findings.ts'
import { collectFindings } from '../../../broker/operations/discovery/collect-findings.ts'

const everything: View = {
  id: 'all',
  unrestricted: true,
  admits: () => true,
  admitsAll: () => true,
  treatment: () => 'clear',
  veils: () => false,
  clearEverywhere: () => true,
}

/** Sees buses only, of them all but `driver`, and `line` in clear wherever it is. */
const someone: View = {
  ...everything,
  id: 'some',
  unrestricted: false,
  types: new Set(['Bus']),
  treatment: (_, attribute) => (attribute === 'driver' ? 'absent' : 'clear'),
  clearEverywhere: (attribute) => attribute === 'line',
}

const FINDINGS: readonly Finding[] = [
  { type: 'Tram', kinds: [] },
  { type: 'Tram', attribute: 'line', kinds: ['Property'] },
  { type: 'Bus', attribute: 'driver', kinds: ['Property'] },
  { type: 'Bus', attribute: 'line', kinds: ['Relationship'] },
  { type: 'Bus', attribute: 'line', kinds: ['Property'] },
  { attribute: 'line', kinds: [] },
  { attribute: 'driver', kinds: [] },
  { attribute: 'seats', kinds: ['Property'] },
]

describe('5.7.11 collectFindings', () => {
  it('puts together what several hubs found, in order', () => {
    const { types, untyped } = collectFindings(FINDINGS, everything)
    expect([...types.keys()]).to.deep.equal(['Bus', 'Tram'])
    expect([...(types.get('Bus') ?? [])]).to.deep.equal([
      ['driver', ['Property']],
      ['line', ['Property', 'Relationship']],
    ])
    expect([...untyped.keys()]).to.deep.equal(['driver', 'line', 'seats'])
  })

  it('leaves out what the caller may not know of, whoever told it', () => {
    const { types, untyped } = collectFindings(FINDINGS, someone)
    expect([...types.keys()]).to.deep.equal(['Bus'])
    expect([...(types.get('Bus')?.keys() ?? [])]).to.deep.equal(['line'])
    expect([...untyped.keys()]).to.deep.equal(['line'])
  })
})
