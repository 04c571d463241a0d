import { expect } from 'chai'
import { parsePerson, personReferences } from '../../../security/privacy/person.ts'
import { createReportKey, verifyReport } from '../../../security/privacy/signed-report.ts'

describe('privacy: identifiers of a person', () => {
  const cases: readonly (readonly [string, readonly unknown[], readonly unknown[]])[] = [
    [
      'phone:0900 000 417',
      [
        '0900000417',
        'gọi 0900.000.417 nhé',
        '+84 (0)900-000-417',
        '0084900000417',
        'SĐT:84900000417',
        '０９０００００４１７',
        '0900\u200b000417',
        'q=phone==%220900000417%22',
        900000417,
        84900000417,
        { deep: [{ er: 'x 0900000417' }] },
        { '0900000417': 1 },
      ],
      ['10900000417', '09000004170', '3.0900000417', '0900000418', 9000004, '900000417x', '', null, true],
    ],
    ['cccd:019300000417', ['CCCD 019 300 000 417', 19300000417], ['1019300000417', '0193000004170']],
    [
      'email:Thu.0417@Example.com',
      ['<thu.0417@example.com>', 'THU.0417@EXAMPLE.COM.'],
      ['xthu.0417@example.com', 'thu.0417@example.com.vn'],
    ],
    ['plate:20A-004.17', ['xe 20a00417', '20A 004 17'], ['120A00417', '20A004171']],
    ['passport:c0000417', ['C0000417'], ['CC0000417']],
  ]
  for (const [identifier, hers, others] of cases) {
    it(`finds ${identifier.split(':')[0]} however it is written, and no other`, () => {
      const person = parsePerson([identifier])
      for (const value of hers)
        expect(person.mention(value as never), JSON.stringify(value)).not.to.equal(undefined)
      for (const value of others)
        expect(person.mention(value as never), JSON.stringify(value)).to.equal(undefined)
    })
  }

  it('tells a value that is an identifier from one that speaks of it', () => {
    const { mention } = parsePerson(['phone:0900000417'])
    expect(mention(' +84 900 000 417 ')).to.equal('whole')
    expect(mention('gọi 0900000417')).to.equal('part')
    expect(mention(['gọi 0900000417', '0900000417'])).to.equal('whole')
  })

  it('takes linear time, whatever it looks through', () => {
    const { mention } = parsePerson(['phone:0900000417', 'email:a@example.com', 'plate:20A-004.17'])
    for (const piece of ['09 ', '0 . 9', '84(0)', 'a.', '20A-'])
      expect(mention(piece.repeat(100_000))).to.equal(undefined)
  })

  it('refuses what is no identifier, and does not repeat it', () => {
    for (const wrong of [
      ['phone:417'],
      ['0900000417'],
      ['cccd:9'],
      ['name:An'],
      [],
      'phone:0900000417',
      [1],
    ]) {
      expect(() => parsePerson(wrong as never), JSON.stringify(wrong))
        .to.throw()
        .with.property('message')
        .that.does.not.match(/417|An\b/)
    }
  })

  it('names a person by a pseudonym that hangs on the key and on no writing', () => {
    const of = (text: string, key: string) => personReferences(parsePerson([text]), Buffer.from(key))[0]
    expect(of('phone:0900 000 417', 'a')).to.equal(of('phone:+84900000417', 'a'))
    expect(of('phone:0900000417', 'a')).not.to.equal(of('phone:0900000417', 'b'))
  })
})

describe('privacy: signed reports', () => {
  it('are those of one hub, whatever the order of their members, and cannot be changed', () => {
    const key = createReportKey(Buffer.from('secret'))
    const report = key.sign({ b: [1, { d: 'ê', c: null }], a: 'x' })
    expect(
      verifyReport(JSON.parse(JSON.stringify({ signature: report.signature, a: 'x', b: report.b ?? null }))),
    ).to.equal(createReportKey(Buffer.from('secret')).publicKey)
    expect(verifyReport({ ...report, a: 'y' })).to.equal(undefined)
    const other = createReportKey(Buffer.from('other')).sign({ a: 'x' })
    expect(verifyReport({ ...report, signature: other.signature })).to.equal(undefined)
    expect(verifyReport({ a: 'x' })).to.equal(undefined)
  })
})
