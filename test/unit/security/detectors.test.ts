import { expect } from 'chai'
import fc from 'fast-check'
import { findIdentifiers } from '../../../security/masking/find-identifiers.ts'
import type { IdentifierKind } from '../../../security/masking/identifier.ts'
import { scanText } from '../../../security/masking/scan-text.ts'

/** In a pattern without escapes and classes: a repetition that may go on without end. */
const UNBOUNDED = /[*+]|\{\d+,\}/
const found = (text: string): readonly (readonly [IdentifierKind, string])[] => {
  const { text: searched, hits } = findIdentifiers(text)
  return hits.map(({ kind, start, end }) => [kind, searched.slice(start, end)] as const)
}

// One identifier each; persons and numbers are fictional.
const EXAMPLES: readonly (readonly [IdentifierKind, string, string])[] = [
  ['citizen-id', '019300000000', 'Số 019300000000 của tôi'],
  ['citizen-id', '006 201 000 000', 'CCCD: 006 201 000 000'],
  ['citizen-id', '091399000000', 'mã 091399000000'],
  ['citizen-id', '999999999999', 'căn cước công dân số 999999999999'],
  ['identity-card', '090000000', 'CMND 090000000 cấp năm 2005'],
  ['identity-card', '090 000 000', 'số chứng minh nhân dân 090 000 000'],
  ['passport', 'C0000000', 'hộ chiếu số C0000000'],
  ['passport', 'N1234567', 'passport N1234567'],
  ['phone', '0900000000', 'Gọi 0900000000 nhé'],
  ['phone', '090 000 00 00', 'ĐT 090 000 00 00.'],
  ['phone', '0912.345.678', 'sdt:0912.345.678'],
  ['phone', '0338-123-456', 'Zalo 0338-123-456'],
  ['phone', '+84912345678', 'call +84912345678'],
  ['phone', '+84 (0)91 234 5678', 'call +84 (0)91 234 5678'],
  ['phone', '0084912345678', 'call 0084912345678'],
  ['phone', '84912345678', 'số 84912345678'],
  ['phone', '01678123456', 'số cũ 01678123456'],
  ['phone', '0208 3855 000', 'máy bàn 0208 3855 000'],
  ['phone', '02080000000', 'máy bàn 02080000000'],
  ['plate', '20A-000.00', 'xe 20A-000.00 đỗ sai'],
  ['plate', '20A12345', 'ô tô 20A12345'],
  ['plate', '20B1-234.56', 'xe máy 20B1-234.56'],
  ['plate', '97AA 123.45', 'xe máy 97AA 123.45'],
  ['plate', '20LD-001.23', 'xe 20LD-001.23'],
  ['plate', '20MĐ1-123.45', 'xe điện 20MĐ1-123.45'],
  ['plate', '20a 123.45', 'biển số 20a 123.45'],
  ['plate', '80-000-NG-00', 'xe 80-000-NG-00'],
  ['plate', 'TM-04-17', 'xe biển số TM-04-17'],
  ['driving-licence', '190000000000', 'GPLX số 190000000000'],
  ['social-insurance', '1900000000', 'mã số BHXH 1900000000'],
  ['health-insurance', 'GD4190000000000', 'thẻ GD4190000000000'],
  ['tax-code', '4699999997', 'MST 4699999997'],
  ['tax-code', '4699999997-001', 'chi nhánh 4699999997-001'],
  ['bank-account', '000000000000', 'STK 000000000000 Agribank'],
  ['bank-account', '1023 456 789', 'chuyển vào số tài khoản Vietcombank 1023 456 789'],
  ['payment-card', '9704000000000000', 'thẻ 9704000000000000'],
  ['payment-card', '4111 1111 1111 1111', 'visa 4111 1111 1111 1111'],
  ['email', 'nguyen.van.a@example.com', 'thư nguyen.van.a@example.com.'],
  ['name', 'Nguyễn Văn An', 'Tôi là Nguyễn Văn An ở phường Tân Lập'],
  ['name', 'Trần Thị Bình', 'gửi Trần Thị Bình'],
  ['name', 'Nam', 'anh Nam báo'],
  ['name', 'Lường Văn Tám', 'gặp bà con của Lường Văn Tám'],
  ['name', 'NGUYỄN VĂN AN', 'HỌ TÊN: NGUYỄN VĂN AN'],
  ['name', 'nguyễn văn an', 'họ tên: nguyễn văn an'],
  ['name', 'Nguyen Van An', 'ong Nguyen Van An bao'],
  ['address', '12', 'số nhà 12 phường Phan Đình Phùng'],
  ['address', '235', '235 đường Hoàng Văn Thụ'],
  ['address', '4/12', 'ngõ 4/12 đường Bắc Kạn'],
  ['birth-date', '01/01/1990', 'sinh ngày 01/01/1990'],
  ['birth-date', '1990-01-31', 'ngày sinh: 1990-01-31'],
  ['position', '21.59410,105.84820', 'tại 21.59410,105.84820 có hố'],
  ['position', '105.84820 21.59410', 'POINT 105.84820 21.59410'],
  ['ip-address', '192.0.2.1', 'từ 192.0.2.1'],
  ['ip-address', '2001:db8::1', 'từ 2001:db8::1'],
  ['device', '350000000000006', 'IMEI 350000000000006'],
  ['device', '350000000000006', 'máy 350000000000006'],
  ['device', '70B3D57ED0000001', 'thiết bị 70B3D57ED0000001'],
  ['device', '0000000000000000', 'DevEUI 0000000000000000'],
  ['dossier', 'H55.00.00-250101-0000', 'hồ sơ H55.00.00-250101-0000'],
  ['land-certificate', 'CN 000000', 'sổ đỏ số CN 000000'],
  ['camera-url', 'rtsp://camera.invalid/stream0', 'xem rtsp://camera.invalid/stream0'],
  ['camera-url', 'http://admin:123@camera.invalid/', 'xem http://admin:123@camera.invalid/'],
  ['credential', 'abc123!', 'mật khẩu: abc123!'],
]

const INNOCENT = [
  'Đường Hoàng Văn Thụ ngập sâu 0,5 m',
  'đường Hoàng Văn Thụ, phố Nguyễn Du, phường Phan Đình Phùng, phường Hoàng Văn Thụ',
  'Trường THPT Lương Ngọc Quyến, trường tiểu học Nguyễn Huệ',
  'ngã tư Phan Đình Phùng',
  'Thành phố Hồ Chí Minh, Hồ Núi Cốc, Hà Nội, Bắc Kạn, Thái Nguyên',
  'Chi cục Thuế thành phố Sông Công, Công an phường, Uỷ ban nhân dân',
  'ảnh Camera giao thông, ống Nước sạch, ba Xe tải',
  'Công ty Phạm Gia Phát thi công',
  'PM2.5 là 35.4 µg/m3 lúc 10:15:30 ngày 01/02/2025',
  '2025-02-01T10:15:30Z',
  'tỷ lệ 0.912345678 và 1.0912345678',
  'giá 1.200.000 đồng, 15.000.000 VNĐ, 2 350 000',
  'mã 123456789 và 1234567890',
  'mã 555300000000',
  '2019 2020 2021 2022 2023',
  'phiên bản 1.2.3, điều 5.10',
  'nhiệt độ 21.5, độ ẩm 80',
  'thẻ 4111111111111112',
  'https://example.org/path?x=1',
  'urn:ngsi-ld:Device:trạm-01',
  'a@b và @gmail',
  'tuyến số 12, xe buýt số 5',
  'C0000000 không có ngữ cảnh',
]

describe('security/masking: detectors', () => {
  for (const [kind, identifier, text] of EXAMPLES) {
    it(`finds ${kind} in “${text}”`, () => {
      expect(found(text)).to.deep.equal([[kind, identifier]])
      expect(scanText(text)).to.equal(text.replace(identifier, '[…]'))
    })
  }

  for (const text of INNOCENT) {
    it(`finds nothing in “${text}”`, () => {
      expect(found(text)).to.deep.equal([])
      expect(scanText(text)).to.equal(text)
    })
  }

  it('finds several identifiers and leaves the rest as it was', () => {
    expect(
      scanText('Tôi là Nguyễn Văn An, SĐT 0900 000 000, số nhà 12 ngõ 5 tổ 7 phường Tân Lập, xe 20A-123.45'),
    ).to.equal('Tôi là […], SĐT […], số nhà […] ngõ […] tổ […] phường Tân Lập, xe […]')
  })

  it('sees through decomposed accents, full-width digits and invisible characters', () => {
    expect(scanText('Nguyễn Văn An'.normalize('NFD'))).to.equal('[…]')
    expect(scanText('gọi ０９００００００００')).to.equal('gọi […]')
    expect(scanText('gọi 0900\u200b000\u200b000')).to.equal('gọi […]')
    expect(scanText('gọi 0900\u00a0000\u00a0000')).to.equal('gọi […]')
  })

  it('leaves a text without identifiers exactly as it was', () => {
    const text = 'cây đổ'.normalize('NFD')
    expect(scanText(text)).to.equal(text)
  })

  it('replaces with what it is given', () => {
    expect(scanText('gọi 0900000000', '***')).to.equal('gọi ***')
  })

  const digits = (count: number) =>
    fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count })
      .map((all) => all.join(''))

  const CORPUS: readonly (readonly [string, fc.Arbitrary<string>, readonly string[]])[] = [
    [
      'citizen numbers',
      fc
        .tuple(
          fc.constantFrom('019', '006', '001', '024', '079'),
          fc.constantFrom('0', '1', '2', '3'),
          digits(8),
        )
        .map((parts) => parts.join('')),
      ['CCCD {}', 'số {} nhé', 'căn cước: {}', 'cc {} cấp 2021'],
    ],
    [
      'phone numbers',
      fc
        .tuple(fc.constantFrom('032', '056', '070', '081', '090', '098', '096'), digits(7))
        .map((parts) => parts.join('')),
      ['gọi {}', 'ĐT: {}.', 'sđt {} (zalo)', 'liên hệ {}, cảm ơn', '{}'],
    ],
    [
      'phone numbers in groups',
      fc
        .tuple(
          fc.constantFrom('090', '0 98', '+84 91', '091.'),
          digits(3),
          digits(4),
          fc.constantFrom(' ', '.', '-'),
        )
        .map(
          ([head, one, two, separator]) => `${head}${separator === '-' ? '' : ''}${one}${separator}${two}`,
        ),
      ['gọi {}', 'ĐT: {}'],
    ],
    [
      'plates',
      fc
        .tuple(
          fc.constantFrom('20', '97', '29', '30'),
          fc.constantFrom('A', 'C', 'B1', 'K5', 'LD'),
          digits(3),
          digits(2),
        )
        .map(([province, series, three, two]) => `${province}${series}-${three}.${two}`),
      ['xe {} đỗ sai', 'biển số {}', 'xe tải {}, chở đất'],
    ],
    [
      'bank accounts',
      fc.integer({ min: 8, max: 16 }).chain(digits),
      ['STK {} MB', 'số tài khoản: {}', 'tk {}'],
    ],
    ['identity cards', digits(9), ['CMND {}', 'số CMT: {}']],
    ['social insurance numbers', digits(10), ['BHXH {}', 'mã số bảo hiểm xã hội: {}']],
    [
      'e-mail addresses',
      fc.emailAddress().filter((text) => /^[\w.%+-]+@[\w.-]+$/.test(text)),
      ['thư: {}', 'gửi {} nhé'],
    ],
  ]
  for (const [what, arbitrary, sentences] of CORPUS) {
    it(`finds at least 98 % of ${what} in a synthetic corpus`, () => {
      const samples = fc.sample(arbitrary, { numRuns: 500, seed: 20250701 })
      const missed = samples.filter((sample, at) =>
        scanText((sentences[at % sentences.length] ?? '').replace('{}', sample)).includes(sample),
      )
      expect(missed.length / samples.length, `missed: ${missed.slice(0, 5).join(' | ')}`).to.be.at.most(0.02)
    })
  }

  it('leaves at least 98 % of ordinary reports as they are', () => {
    const words = fc.constantFrom(
      ...'đèn hỏng đường Hoàng Văn Thụ ngập nước rác thải phường Tân Lập lúc 7 giờ 30 ngày 12/5/2025 hố ga cột 15 m tuyến 4 xe buýt chợ Thái mức 3 giá 25.000 đ'.split(
        ' ',
      ),
    )
    const samples = fc.sample(fc.array(words, { minLength: 4, maxLength: 12 }), { numRuns: 500, seed: 1 })
    const hit = samples
      .map((all) => all.join(' '))
      .filter((text) => /\[…\]/.test(scanText(text)) && !/Hoàng|Văn/.test(text))
    expect(hit.length / samples.length, hit.slice(0, 5).join(' | ')).to.be.at.most(0.02)
  })

  it('looks at a text in proportion to its length, whatever the text is', () => {
    const hard = [
      '0 ',
      '0',
      'a@',
      '@',
      'A ',
      'Nguyễn ',
      'STK ',
      '1.',
      '::',
      'tk:',
      '(0',
      'f:',
      'http://a:',
      'so 1/',
    ]
    for (const part of hard) {
      const [few, many] = [8000, 32_000].map((length) => lookedAt(part.repeat(length / part.length)))
      expect(many, `characters looked at of “${part}”`).to.be.within(32_000, 5 * Number(few))
    }
  })
})

/** How many characters the scan hands to its patterns or looks at; each pattern looks only so far ahead and back. */
function lookedAt(text: string): number {
  const { matchAll, slice, charAt } = String.prototype
  let characters = 0
  const patterns = new Set<string>()
  const counting = {
    matchAll(this: string, pattern: RegExp) {
      characters += this.length
      if (this.length > 1000) patterns.add(pattern.source)
      return matchAll.call(this, pattern)
    },
    slice(this: string, from?: number, to?: number) {
      const found = slice.call(this, from, to)
      characters += found.length
      return found
    },
    charAt(this: string, at: number) {
      characters++
      return charAt.call(this, at)
    },
  }
  Object.assign(String.prototype, counting)
  try {
    scanText(text)
  } finally {
    Object.assign(String.prototype, { matchAll, slice, charAt })
  }
  for (const source of patterns) {
    const plain = source.replaceAll(/\\(?:p\{\w+\}|.)/g, '.').replaceAll(/\[[^\]]*\]/g, '.')
    expect(plain, source).not.to.match(UNBOUNDED)
  }
  expect(patterns.size).to.be.greaterThan(1)
  return characters
}
