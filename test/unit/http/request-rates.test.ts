import { expect } from 'chai'
import type { RequestRate } from '../../../broker/core/model/caller.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT, parseTenant } from '../../../broker/core/model/tenant.ts'
import { createRequestRates } from '../../../broker/http/request-rates.ts'

const CALLER: RequestRate = { id: 'caller', kind: 'caller', requests: 4, seconds: 2 }
const RULE: RequestRate = { id: 'rule a', kind: 'policy', requests: 3, seconds: 60 }
const TENANT: RequestRate = { id: 'tenant', kind: 'tenant', requests: 5, seconds: 5 }

describe('createRequestRates', () => {
  let now: number
  let refused: string[]
  beforeEach(() => {
    now = 1_760_000_000_000_000
    refused = []
  })
  const wait = (seconds: number) => {
    now += seconds * 1_000_000
  }
  const ratesOf = (more: { readonly ofTenant?: RequestRate } = {}) =>
    createRequestRates({ clock: () => now, refused: (kind) => refused.push(kind), ...more })
  const asker = (key: string, rates: readonly RequestRate[] = [CALLER], tenant = DEFAULT_TENANT) => ({
    caller: { key, anonymous: false, rates: () => rates },
    tenant,
    socket: { remoteAddress: '192.0.2.1' },
  })
  const stranger = (address: string) => ({
    caller: { key: 'anonymous', anonymous: true, rates: () => [CALLER] },
    ...{ tenant: DEFAULT_TENANT, socket: { remoteAddress: address } },
  })
  const taken = (take: () => boolean): number => {
    let count = 0
    while (count < 100 && take()) count++
    return count
  }

  it('gives a full bucket at once, then what flows in, and never more than it holds', () => {
    const rates = ratesOf()
    const all = () => taken(() => rates.take(asker('a')))
    expect(all()).to.equal(4)
    wait(0.4)
    expect(all()).to.equal(0)
    wait(0.1)
    expect(all()).to.equal(1)
    wait(3600)
    expect(all()).to.equal(4)
  })

  it('takes nothing back when the clock is set back', () => {
    const rates = ratesOf()
    expect(taken(() => rates.take(asker('a')))).to.equal(4)
    wait(-3600)
    expect(rates.take(asker('a'))).to.equal(false)
    wait(1)
    expect(taken(() => rates.take(asker('a')))).to.equal(2)
  })

  it('tells callers apart by key, and those without a name by network, in all tenants together', () => {
    const rates = ratesOf()
    expect(taken(() => rates.take(asker('a')))).to.equal(4)
    expect(rates.take(asker('a', [CALLER], parseTenant('other')))).to.equal(false)
    expect(rates.take(asker('b'))).to.equal(true)
    expect(taken(() => rates.take(stranger('2001:db8:1:2::1')))).to.equal(4)
    expect(rates.take(stranger('2001:db8:1:2:3::9'))).to.equal(false)
    expect(rates.take(stranger('192.0.2.1'))).to.equal(true)
  })

  it('holds to each rate, and a refusal costs none of them', () => {
    const rates = ratesOf()
    const both = asker('a', [CALLER, RULE])
    expect(taken(() => rates.take(both))).to.equal(3)
    wait(2)
    expect(taken(() => rates.take(both))).to.equal(0)
    expect(taken(() => rates.take(asker('a')))).to.equal(4)
    wait(18)
    expect(taken(() => rates.take(both))).to.equal(1)
  })

  it('holds to other numbers from when rules give a rate others, with what is left', () => {
    const rates = ratesOf()
    expect(taken(() => rates.take(asker('a')))).to.equal(4)
    const faster = [{ ...CALLER, requests: 40 }]
    wait(0.5)
    expect(taken(() => rates.take(asker('a', faster)))).to.equal(10)
  })

  it('holds all callers of a tenant together, and parts of the hub itself to nothing', () => {
    const rates = ratesOf({ ofTenant: TENANT })
    const other = parseTenant('other')
    expect(taken(() => rates.take(asker('a', [CALLER], other)))).to.equal(4)
    expect(taken(() => rates.take(asker('b', [CALLER], other)))).to.equal(1)
    expect(rates.take(asker('b'))).to.equal(true)
    const itself = { caller: { key: 'feeds', anonymous: false }, tenant: other, socket: {} }
    expect(taken(() => rates.take(itself))).to.equal(100)
  })

  it('says how often, and when again, but not which rule', () => {
    const rates = ratesOf()
    for (let times = 0; times < 3; times++) rates.check(asker('a', [CALLER, RULE]))
    try {
      rates.check(asker('a', [CALLER, RULE]))
      expect.fail('it was not refused')
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      expect(error.code).to.equal('TooManyRequests')
      expect(error.message).to.equal('Caller asks more often than is permitted: again in 20 seconds')
      expect(error.headers).to.deep.equal({
        'Retry-After': '20',
        'RateLimit-Policy': '"policy";q=3;w=60',
        RateLimit: '"policy";r=0;t=20',
      })
    }
    expect(refused).to.deep.equal(['policy'])
  })
})
