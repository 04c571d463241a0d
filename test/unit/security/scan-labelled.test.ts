import { expect } from 'chai'
import { isPersonalNumber, scanLabelled } from '../../../security/masking/scan-labelled.ts'

describe('scan by the name of an attribute or member', () => {
  const HIDDEN: readonly (readonly [label: string, text: string])[] = [
    ['soTaiKhoan', '000000000417'],
    ['so_tai_khoan', '000000000417'],
    ['Số tài khoản', '0000 0000 0417'],
    ['cmnd', '090000417'],
    ['soCCCD', '90000417'],
    ['hoChieu', 'C0000417'],
    ['passportNumber', 'C0000417'],
    ['ngaySinh', '17/04/1990'],
    ['dateOfBirth', '1990-04-17'],
    ['matKhau', 'mk-Thu-0417'],
    ['apiKey', 'mk-Thu-0417'],
    ['bienSo', 'TM-04-17'],
    ['phone', '900000417'],
    ['maSoBHXH', '1900000417'],
    ['note', '0900000417'],
  ]
  for (const [label, text] of HIDDEN) {
    it(`hides ${text} under ${label}`, () => expect(scanLabelled(text, label)).to.equal('[…]'))
  }

  const SHOWN: readonly (readonly [label: string, text: string])[] = [
    ['note', '090000417'],
    ['stationCode', 'C0000417'],
    ['observedOn', '17/04/2026'],
    ['accountability', '12345678'],
    ['phone', '417'],
    ['phoneModel', 'Máy bàn'],
    ['ngaySinh', ''],
    ['', 'Đèn hỏng'],
  ]
  for (const [label, text] of SHOWN) {
    it(`shows ${JSON.stringify(text)} under ${JSON.stringify(label)}`, () =>
      expect(scanLabelled(text, label)).to.equal(text))
  }

  it('hides the rest of a text only where it tells', () => {
    expect(scanLabelled('gọi 0900000417 nhé', 'soTaiKhoan')).to.equal('gọi […] nhé')
  })

  it('takes numbers of persons for what they are', () => {
    for (const [number, label] of [
      [84_900_000_417, 'note'],
      [900_000_417, 'sdt'],
      [90_000_417, 'cmnd'],
      [9_704_000_000_000_416, 'note'],
    ] as const)
      expect(isPersonalNumber(number, label), `${number} ${label}`).to.equal(true)
    for (const [number, label] of [
      [1_763_200_000, 'observedAt'],
      [1_763_200_000_000, 'observedAt'],
      [900_000_417, 'energy'],
      [21.594117, 'sdt'],
      [417, 'sdt'],
      [-84_900_000_417, 'balance'],
    ] as const)
      expect(isPersonalNumber(number, label), `${number} ${label}`).to.equal(false)
  })
})
