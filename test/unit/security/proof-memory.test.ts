import { expect } from 'chai'
import { createProofMemory, type ProofMemory } from '../../../security/tokens/proof-memory.ts'

const START = 1_760_000_000

describe('security/tokens: createProofMemory', () => {
  let now: number
  let memory: ProofMemory
  const take = (jti: string, more: { readonly iat?: number; readonly nonce?: string } = {}) =>
    memory.take({ key: 'k', jti, iat: now, ...more })

  beforeEach(() => {
    now = START
    memory = createProofMemory({ clock: () => now * 1_000_000, most: 10 })
  })

  it('takes each proof once, however long after it would still be accepted', () => {
    now += 100
    expect(take('a', { iat: now + 5 })).to.equal('fresh')
    for (const later of [0, 19, 20, 21, 40, 60, 65]) {
      now = START + 100 + later
      expect(take('a', { iat: START + 105 }), `after ${later} s`).to.equal('replayed')
    }
    now++
    expect(take('a', { iat: START + 105 })).to.equal('old')
    expect(memory.take({ key: 'other', jti: 'a', iat: now })).to.equal('fresh')
  })

  it('refuses what is a minute old, and what is more than five seconds ahead', () => {
    now += 100
    expect([take('a', { iat: now - 61 }), take('b', { iat: now + 6 })]).to.deep.equal(['old', 'old'])
    expect([take('a', { iat: now - 60 }), take('b', { iat: now + 5 })]).to.deep.equal(['fresh', 'fresh'])
  })

  it('asks for a nonce of its own where a proof may be from before it began', () => {
    expect(take('a', { iat: START + 5 })).to.equal('unsure')
    expect(take('a', { nonce: 'x' })).to.equal('unsure')
    expect(take('a', { nonce: createProofMemory({ clock: () => now * 1_000_000 }).nonce() })).to.equal(
      'unsure',
    )
    expect(take('a', { nonce: memory.nonce() })).to.equal('fresh')
    expect(take('a', { nonce: memory.nonce() })).to.equal('replayed')
    now++
    expect(take('b', { iat: START + 6 })).to.equal('fresh')
  })

  it('takes nonces of other processes with the same key, but for what may be from before it began', () => {
    const sharedKey = Buffer.alloc(32, 1)
    const clock = () => now * 1_000_000
    const other = createProofMemory({ clock, sharedKey })
    memory = createProofMemory({ clock, sharedKey })
    expect(take('a', { nonce: other.nonce() })).to.equal('unsure')
    now += 6
    expect(take('a', { nonce: other.nonce() })).to.equal('fresh')
    expect(take('a', { nonce: other.nonce() })).to.equal('replayed')
    expect(take('b', { nonce: createProofMemory({ clock }).nonce() })).to.equal('unsure')
  })

  it('takes a nonce for two to four minutes', () => {
    const nonce = memory.nonce()
    now += 120
    expect(take('a', { nonce })).to.equal('fresh')
    now += 120
    expect(take('b', { nonce })).to.equal('unsure')
  })

  it('begins anew when it is full, and takes nothing of before', () => {
    now += 100
    for (let at = 0; at < 10; at++) expect(take(`${at}`)).to.equal('fresh')
    expect(take('0')).to.equal('unsure')
    const nonce = memory.nonce()
    expect(take('0', { nonce })).to.equal('fresh')
    now += 10
    expect([take('1'), take('0')]).to.deep.equal(['fresh', 'replayed'])
  })
})
