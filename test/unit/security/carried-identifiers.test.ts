import { expect } from 'chai'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import { noteFindings } from '../../../broker/operations/privacy/unclassified-finding.ts'
import { carriedIdentifiers } from '../../../security/masking/carried-identifiers.ts'
import { property } from './support/entities.ts'
import { iri, vocabulary } from './support/vocabulary.ts'

const carried = (value: JsonValue, label = 'note') =>
  carriedIdentifiers(value, label).map(({ path, detector }) => `${detector}@${path}`)

describe('security/masking: what a value carries', () => {
  it('tells detectors and places, each once, and no value', () => {
    expect(carried('gọi 0900000000 hoặc 0900000001')).to.deep.equal(['phone@'])
    expect(carried({ contact: { tel: ['0900000000'] }, other: 1 })).to.deep.equal(['phone@contact.tel'])
    expect(carried('cây đổ trên đường Hoàng Văn Thụ')).to.deep.equal([])
  })

  it('tells what only a name gives away', () => {
    expect(carried('000123456789', 'soTaiKhoan')).to.deep.equal(['name-of-member@'])
    expect(carried(900000000, 'phone')).to.deep.equal(['name-of-member@'])
  })

  it('writes no name of a member that may be data itself', () => {
    expect(carried({ '0900000000': 'a@example.com' })).to.deep.equal(['email@*'])
    expect(carried({ 'Nguyễn Văn An': { tel: '0900000000' } })).to.deep.equal(['phone@*.tel'])
  })

  it('ends in deep and large values', () => {
    let deep: JsonValue = '0900000000'
    for (let at = 0; at < 50; at++) deep = [deep]
    expect(carried(deep)).to.deep.equal([])
    const wide = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`a${at}bc`, '0900000000']))
    expect(carried(wide)).to.have.length(50)
  })
})

describe('operations/privacy: findings', () => {
  const classOf = (attribute: string, types: readonly string[]) => vocabulary.personalData(attribute, types)
  const phone = property('0900000000')

  it('are about attributes that nobody classified, sub-attributes too, counted', () => {
    const findings = new Map()
    const attributes = {
      [iri('reporterPhone')]: [phone],
      [iri('status')]: [property('ok', { attributes: { [iri('handler')]: [phone] } })],
      [iri('memo')]: [phone],
    }
    noteFindings(findings, { types: [iri('ServiceRequest')], attributes, at: 1 }, classOf)
    noteFindings(findings, { types: [iri('ServiceRequest')], attributes, at: 9 }, classOf)
    expect([...findings.values()].map(({ attributes: path, count }) => [path, count])).to.deep.equal([
      [[iri('status'), iri('handler')], 2],
      [[iri('memo')], 2],
    ])
    expect([...findings.values()][0]).to.include({ firstSeenAt: 1, lastSeenAt: 9, detector: 'phone' })
    expect(JSON.stringify([...findings.values()])).not.to.contain('0900000000')
  })

  it('are a thousand at most', () => {
    const findings = new Map()
    for (let at = 0; at < 1100; at++)
      noteFindings(findings, { types: [iri(`T${at}`)], attributes: { [iri('memo')]: [phone] }, at }, classOf)
    expect(findings.size).to.equal(1000)
  })
})
