/** A fictional identifier of a person, a household or an account, and how people write it. */
export interface Identifier {
  readonly name: string
  readonly value: string
  /** A sentence that holds it, with the words that tell what it is. */
  readonly text: string
  /** What an agency calls a member that holds it and nothing else. */
  readonly label?: string
  /** What would tell the person, where less than the value does. */
  readonly telling?: readonly string[]
  /** Nothing in a text tells it from harmless words: only its attribute's class can keep it. */
  readonly fieldOnly?: true
}

/** The thirty kinds of identifiers, in the order of the list of the domain. */
export const IDENTIFIERS: readonly Identifier[] = [
  {
    name: 'citizen number',
    label: 'soCCCD',
    value: '019300000417',
    text: 'Số CCCD 019300000417 của người gửi',
  },
  { name: 'identity card', label: 'cmnd', value: '090000417', text: 'CMND số 090000417 cấp tại Thái Nguyên' },
  { name: 'passport', label: 'hoChieu', value: 'C0000417', text: 'Hộ chiếu C0000417 bị mất' },
  {
    name: 'mobile phone',
    label: 'sdt',
    value: '0900000417',
    text: 'Gọi lại số 0900.000.417 hoặc +84 900 000 417',
    telling: ['0900000417', '84900000417', '900000417'],
  },
  {
    name: 'landline',
    label: 'dienThoai',
    value: '02080000417',
    text: 'Điện thoại nhà 0208 0000 417',
    telling: ['02080000417', '842080000417'],
  },
  { name: 'plate', label: 'bienSo', value: '20A-004.17', text: 'Xe biển số 20A-004.17 đỗ sai' },
  {
    name: 'diplomatic plate',
    label: 'bienSo',
    value: '80-417-NG-00',
    text: 'Xe biển số 80-417-NG-00 đỗ sai',
  },
  { name: 'military plate', label: 'bienSo', value: 'TM-04-17', text: 'Xe biển số TM-04-17 đỗ sai' },
  { name: 'driving licence', label: 'gplx', value: '190000000417', text: 'GPLX số 190000000417 hết hạn' },
  { name: 'social insurance', label: 'maSoBHXH', value: '1900000417', text: 'Mã số BHXH 1900000417 sai' },
  {
    name: 'health insurance',
    label: 'theBHYT',
    value: 'GD4190000000417',
    text: 'Thẻ BHYT GD4190000000417 sai',
  },
  { name: 'tax code', label: 'maSoThue', value: '4699999002', text: 'Hộ kinh doanh, mã số thuế 4699999002' },
  {
    name: 'bank account',
    label: 'soTaiKhoan',
    value: '000000000417',
    text: 'Chuyển vào số tài khoản 000000000417',
  },
  {
    name: 'payment card',
    label: 'theNganHang',
    value: '9704000000000417',
    text: 'Thẻ 9704 0000 0000 0417 bị khoá',
  },
  {
    name: 'e-mail',
    label: 'email',
    value: 'thu.0417@example.com',
    text: 'Thư gửi về thu.0417@example.com nhé',
  },
  {
    name: 'full name',
    label: 'hoTen',
    value: 'Nguyễn Thị Thử',
    text: 'Bà Nguyễn Thị Thử báo đèn hỏng',
    telling: ['Nguyễn Thị Thử', 'Nguyen Thi Thu', 'Thị Thử'],
  },
  {
    name: 'household address',
    label: 'diaChi',
    value: 'Số 417, ngõ 41, tổ 17, phường Phan Đình Phùng',
    text: 'Rác ở số nhà 417, ngõ 41, tổ 17, phường Phan Đình Phùng',
    telling: ['nhà 417', 'Số 417', 'ngõ 41', 'tổ 17'],
  },
  {
    name: 'date of birth',
    label: 'ngaySinh',
    value: '17/04/1990',
    text: 'Người gửi sinh ngày 17/04/1990',
    telling: ['17/04/1990'],
  },
  {
    name: 'place of a person',
    label: 'viTri',
    value: '21.59417,105.84817',
    text: 'Tôi đang ở 21.59417,105.84817',
  },
  { name: 'picture of a face', value: 'face-0417.jpg', text: 'Ảnh face-0417.jpg', fieldOnly: true },
  { name: 'picture of a document', value: 'cccd-0417.jpg', text: 'Ảnh cccd-0417.jpg', fieldOnly: true },
  {
    name: 'camera stream',
    label: 'camera',
    value: 'rtsp://camera.invalid/stream417',
    text: 'Xem rtsp://camera.invalid/stream417 để biết',
  },
  {
    name: 'diagnosis',
    value: 'J41.7',
    text: 'Người bệnh J41.7 ở nhà',
    // four characters alone turn up in keys and random ids
    telling: ['"J41.7', 'bệnh J41.7'],
    fieldOnly: true,
  },
  { name: 'offence', value: 'Biên bản số BB-0417', text: 'Lỗi theo biên bản số BB-0417', fieldOnly: true },
  {
    name: 'credential',
    label: 'matKhau',
    value: 'mk-Thu-0417',
    text: 'Mật khẩu: mk-Thu-0417 không vào được',
  },
  { name: 'IP address', label: 'ip', value: '198.51.100.241', text: 'Gửi từ máy 198.51.100.241 lúc sáng' },
  { name: 'IMEI', label: 'imei', value: '350000000004172', text: 'Máy có IMEI 350000000004172 bị mất' },
  { name: 'meter', label: 'devEui', value: '00000000000417af', text: 'Công tơ DevEUI 00000000000417af hỏng' },
  {
    name: 'land certificate',
    label: 'soGCN',
    value: 'CN 000417',
    text: 'Giấy chứng nhận số CN 000417 sai tên',
  },
  {
    name: 'dossier',
    label: 'maHoSo',
    value: 'H55.00.00-250101-0417',
    text: 'Hồ sơ H55.00.00-250101-0417 trễ hạn',
  },
]

/** A report's exact place, and what its coordinates must not be found as. */
export const PRECISE = { coordinates: [105.848417, 21.594117] as const, telling: ['105.848417', '21.594117'] }

/** Texts are compared without marks of composition, case, and the separators that people put into numbers. */
export function plain(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[\s().-]/g, '')
}

/** Seconds and milliseconds as they are measured: sixteen digits by chance, with runs of zeros from rounding. */
const MEASURED = /\d+\.\d{12,}(?:e-?\d+)?/g

/** What tells each identifier, as it is found in a text that was made plain. */
const tellings = new WeakMap<Identifier, readonly string[]>()

function tellingOf(identifier: Identifier): readonly string[] {
  const known = tellings.get(identifier)
  if (known) return known
  const { value, telling = [value] } = identifier
  const made = telling.map(plain)
  tellings.set(identifier, made)
  return made
}

/** Names of the identifiers that a text holds in clear, in whatever writing. */
export function identifiersIn(
  text: string,
  identifiers: readonly Identifier[] = IDENTIFIERS,
): readonly string[] {
  const haystacks = writings(text).map((each) => plain(each.replaceAll(MEASURED, ' # ')))
  const found = identifiers.filter((identifier) =>
    tellingOf(identifier).some((each) => haystacks.some((haystack) => haystack.includes(each))),
  )
  const place = PRECISE.telling.some((each) => text.includes(each)) ? ['precise location'] : []
  return [...found.map(({ name }) => name), ...place]
}

const ESCAPED = /\\u([0-9a-f]{4})/gi
const PERCENT_ENCODED = /(?:%[0-9a-f]{2})+/gi

/** A text without the escapes that JSON may have, and without the percent-encoding of links and forms where it has that. */
function writings(text: string): readonly string[] {
  const unescaped = text.replaceAll(ESCAPED, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
  const decoded = unescaped.replaceAll(PERCENT_ENCODED, unpercent)
  return decoded === unescaped ? [unescaped] : [unescaped, decoded]
}

function unpercent(run: string): string {
  try {
    return decodeURIComponent(run)
  } catch {
    return run
  }
}
