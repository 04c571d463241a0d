import { expect } from 'chai'
import type { Store } from '../../../broker/store/port/store.ts'
import type { Claims } from '../../../security/policy/claims.ts'
import { isNamed, openRevocations, type Revocation } from '../../../security/tokens/revocations.ts'
import { rejection } from '../../support/rejection.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'

const ISSUER = 'https://issuer.example.org'
const DAY = 86_400_000_000
const START = 1_760_000_000_000_000
const CLAIMS: Claims = {
  ...{ issuer: ISSUER, subject: 's', roles: [], anonymous: false, issuedAt: START / 1_000_000 - 60 },
  ...{ tokenId: 't', grant: 'g', session: 'e' },
}

describe('security/tokens: openRevocations', () => {
  let opened: OpenedStore
  let now = START
  const clock = () => now
  const open = (most?: number) =>
    openRevocations({ store: opened.store, clock, ...(most !== undefined && { most }) })
  const of = (kind: Revocation['kind'], id: string, until?: number): Revocation => ({
    ...{ issuer: ISSUER, kind, id },
    ...(until !== undefined && { until }),
  })

  beforeEach(async () => {
    now = START
    opened = await SQLITE.open(clock)
  })
  afterEach(() => opened.close())

  it('keeps one without end where nobody knows how long the tokens live, over a start too', async () => {
    const first = await open()
    await first.revoke(of('subject', 's'))
    await first.revoke(of('token', 't2', START + DAY))
    const other = { ...CLAIMS, subject: 'x', tokenId: 't2' }
    expect(first.isRevoked(other)).to.equal(true)
    now += 400 * DAY
    await first.revoke(of('token', 'unrelated'))
    for (const each of [first, await open()]) {
      expect(each.isRevoked(CLAIMS)).to.equal(true)
      expect(each.isDisowned(CLAIMS)).to.equal(true)
      expect(each.isRevoked(other)).to.equal(false)
      expect(each.isRevoked({ ...CLAIMS, issuedAt: now / 1_000_000 })).to.equal(false)
    }
  })

  it('is not shortened by one that ends', async () => {
    const revocations = await open()
    await revocations.revoke(of('token', 't'))
    await revocations.revoke(of('token', 't', START + DAY))
    now += 2 * DAY
    for (const each of [revocations, await open()]) expect(each.isRevoked(CLAIMS)).to.equal(true)
  })

  it('takes so many and drops none: what has ended makes room', async () => {
    const revocations = await open(2)
    await revocations.revoke(of('token', 't', START + DAY))
    await revocations.revoke(of('grant', 'g'))
    expect(await rejection(revocations.revoke(of('session', 'e')))).to.have.property(
      'code',
      'InsufficientStorage',
    )
    await revocations.revoke(of('grant', 'g'))
    now += 2 * DAY
    await revocations.revoke(of('session', 'e'))
    expect(revocations.isRevoked({ ...CLAIMS, tokenId: 'x', grant: 'x' })).to.equal(true)
  })

  it('is not undone by what was read before it, when what another process revoked is taken over', async () => {
    let answer = (): void => undefined
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    let slow = false
    const { store } = opened
    const slowly: Pick<Store, 'commit' | 'documents'> = {
      commit: (...of) => store.commit(...of),
      documents: async (...of) => {
        const found = await store.documents(...of)
        if (slow) await answered
        return found
      },
    }
    const revocations = await openRevocations({ store: slowly, clock })
    await revocations.revoke(of('subject', 's'))
    slow = true
    const loading = revocations.load()
    now += DAY
    await revocations.revoke(of('subject', 's'))
    answer()
    await loading
    expect(revocations.isRevoked({ ...CLAIMS, issuedAt: now / 1_000_000 - 60 })).to.equal(true)
  })

  it('names what it is about by one claim of one issuer', () => {
    const names = { token: 't', grant: 'g', session: 'e', subject: 's', issuer: ISSUER } as const
    for (const [kind, id] of Object.entries(names) as [Revocation['kind'], string][]) {
      expect(isNamed(of(kind, id), CLAIMS), kind).to.equal(true)
      expect(isNamed(of(kind, `${id}2`), CLAIMS), kind).to.equal(false)
      expect(isNamed({ ...of(kind, id), issuer: 'https://other.example.org' }, CLAIMS), kind).to.equal(false)
    }
  })
})
