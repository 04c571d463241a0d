import { expect } from 'chai'
import { base32, codeOf, keyUri, stepAt, stepOfCode } from '../../../security/identity/totp.ts'

const KEY = Buffer.from('12345678901234567890')

describe('codes of the second factor (RFC 6238)', () => {
  for (const [seconds, code] of [
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ] as const) {
    it(`are those of the standard at ${seconds} s`, () => {
      expect(codeOf(KEY, stepAt(seconds))).to.equal(code)
    })
  }

  it('are taken from one step before to one after, and none that was used or came before', () => {
    const seconds = 1111111111
    const step = stepAt(seconds)
    const take = (code: string, after = -1) => stepOfCode(KEY, code, { seconds, after })
    for (const near of [step - 1, step, step + 1]) expect(take(codeOf(KEY, near))).to.equal(near)
    for (const far of [step - 2, step + 2]) expect(take(codeOf(KEY, far))).to.equal(undefined)
    expect(take(codeOf(KEY, step), step)).to.equal(undefined)
    expect(take(codeOf(KEY, step + 1), step)).to.equal(step + 1)
    for (const odd of ['', '1', `${codeOf(KEY, step)}0`, 'abcdef', '١٢٣٤٥٦']) {
      expect(take(odd), odd).to.equal(undefined)
    }
  })

  it('have a key that authenticators read', () => {
    expect(base32(KEY)).to.equal('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
    expect(base32(Buffer.from('foob'))).to.equal('MZXW6YQ')
    const uri = new URL(keyUri(KEY, { issuer: 'Trung tâm dữ liệu', account: 'trần.b' }))
    expect(decodeURIComponent(uri.pathname)).to.match(/Trung tâm dữ liệu:trần\.b$/)
    expect(uri.searchParams.get('secret')).to.equal(base32(KEY))
    expect(uri.search).to.not.include('+')
  })
})
