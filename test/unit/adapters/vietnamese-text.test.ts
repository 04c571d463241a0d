import { expect } from 'chai'
import {
  decodeAs,
  ENCODINGS,
  type Encoding,
  encodingNamed,
  encodingOf,
} from '../../../adapters/formats/vietnamese-text.ts'
import { encoded } from '../../support/shapefile.ts'

const TEXTS = [
  'Đất ở tại đô thị',
  'Nguyễn Thị Khuyên, phường Phan Đình Phùng',
  'Hợp tác xã Quyết Thắng',
  'Đường quốc lộ 3, ngõ 12, giếng nước',
  'Khu dân cư Bách Quang giai đoạn 2 (1.200 m²)',
]
const bytesOf = (encoding: Encoding, texts = TEXTS): readonly Uint8Array[] =>
  texts.map((text) => encoded(encoding === 'utf-8' ? text : text.replace('²', ''), encoding))

describe('Vietnamese text', () => {
  for (const encoding of ENCODINGS) {
    it(`is known to be ${encoding}, whatever is declared, and is composed (NFC)`, () => {
      const bytes = bytesOf(encoding)
      for (const declared of [undefined, ...ENCODINGS]) expect(encodingOf(bytes, declared)).to.equal(encoding)
      expect(decodeAs(bytes[0]!, encoding)).to.equal('Đất ở tại đô thị')
      expect(decodeAs(bytes[1]!, encoding)).to.equal(TEXTS[1])
    })

    it(`is known to be ${encoding} by two words`, () => {
      expect(encodingOf(bytesOf(encoding, ['Thửa đất']))).to.equal(encoding)
    })
  }

  it('without a mark is whatever is declared, else UTF-8', () => {
    expect(encodingOf([Buffer.from('ODT 39')])).to.equal('utf-8')
    expect(encodingOf([Buffer.from('ODT 39')], 'tcvn3')).to.equal('tcvn3')
  })

  it('of another language or of VNI is in none of them', () => {
    expect(encodingOf([Buffer.from('Ñaát ôû ñoâ thò, Nguyeãn Vaên', 'latin1')])).to.equal(undefined)
    expect(encodingOf([Buffer.from('\u0416\u0438\u043b\u043e\u0439 \u0434\u043e\u043c')])).to.equal(undefined)
    expect(encodingOf([Buffer.from([0xff, 0x80, 0x41])])).to.equal(undefined)
  })

  it('in UTF-8 with one cell that is broken is still UTF-8', () => {
    expect(encodingOf([...bytesOf('utf-8'), Buffer.from([0xc4])])).to.equal('utf-8')
    expect(decodeAs(Buffer.from([0xc4]), 'utf-8')).to.equal(undefined)
  })

  for (const [name, encoding] of [
    ['UTF-8', 'utf-8'],
    ['65001', 'utf-8'],
    ['ANSI 1258', 'windows-1258'],
    ['CP1258', 'windows-1258'],
    ['TCVN3', 'tcvn3'],
    ['1252', undefined],
  ] as const) {
    it(`${name} names ${String(encoding)}`, () => expect(encodingNamed(name)).to.equal(encoding))
  }
})
