import { expect } from 'chai'
import { findIdentifiers } from '../../../security/masking/find-identifiers.ts'
import { falsePositives, recallOf, share } from '../../scan/figures.ts'
import { NAMES, NUMBERS } from '../../scan/identifiers.ts'

const OPTIONS = { seed: 20_260_701, each: 150 }

describe('security/masking: free text of a made-up corpus (PD-04)', () => {
  for (const { kind, texts, hidden, examples } of recallOf(NUMBERS, OPTIONS)) {
    it(`hides at least 98 % of: ${kind}`, () => {
      expect(hidden / texts, examples.join(' | ')).to.be.at.least(0.98)
    })
  }

  for (const { kind, texts, hidden, examples } of recallOf(NAMES, OPTIONS)) {
    it(`hides at least 95 % of: ${kind}`, () => {
      expect(hidden / texts, examples.join(' | ')).to.be.at.least(0.95)
    })
  }

  it('hides something in at most 2 % of the texts without identifiers, and of each kind but roads without that word', () => {
    const figures = falsePositives(OPTIONS)
    expect(share(figures)).to.be.at.most(0.02)
    for (const { kind, texts, hidden, examples } of figures)
      if (kind !== 'road named after a person')
        expect(hidden / texts, `${kind}: ${examples.join(' | ')}`).to.be.at.most(0.02)
  })

  it('takes time in proportion to the text, whatever the text is', () => {
    const hard = [
      'chuyen khoan ',
      'ck 1',
      'Duong Tran ',
      'nga tu A - ',
      'đường Tô - ',
      'tổ trưởng ',
      'Truong THPT ',
      'SN 1',
      'ông Ông ',
      '5. ',
    ]
    for (const part of hard) {
      const time = (length: number) => {
        const text = part.repeat(length / part.length)
        const start = process.cpuUsage().user
        findIdentifiers(text)
        return (process.cpuUsage().user - start) / 1000
      }
      time(5000)
      const [short, long] = [Math.max(time(10_000), 5), time(80_000)]
      expect(long / short, `80 kB of “${part}” against 10 kB`).to.be.lessThan(40)
    }
  })
})
