import type { Random } from '../trial/random.ts'

/** Makes up so many digits. */
export function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.whole(0, 9)).join('')
}

/** A kind of identifier as people write it: how one is made up, and in what sentences it stands. */
export interface Written {
  readonly kind: string
  readonly make: (random: Random) => string
  readonly sentences: readonly string[]
}

const PROVINCES = ['019', '006', '001', '024', '025', '079', '038', '002']
const MOBILE = [
  '032',
  '035',
  '038',
  '056',
  '058',
  '070',
  '077',
  '081',
  '086',
  '090',
  '091',
  '094',
  '096',
  '098',
  '099',
]

const grouped = (text: string, sizes: readonly number[], separator: string): string => {
  let at = 0
  return sizes
    .map((size) => {
      const part = text.slice(at, at + size)
      at += size
      return part
    })
    .join(separator)
}

const citizen = (random: Random): string => {
  const id = `${random.one(PROVINCES)}${random.one(['0', '1', '2', '3'])}${digits(random, 8)}`
  return random.one([
    id,
    id,
    id,
    grouped(id, [3, 3, 3, 3], ' '),
    grouped(id, [3, 3, 3, 3], '.'),
    grouped(id, [4, 4, 4], ' '),
    grouped(id, [3, 3, 6], '-'),
  ])
}

const mobile = (random: Random): string => {
  const number = `${random.one(MOBILE)}${digits(random, 7)}`
  const rest = number.slice(1)
  return random.one([
    ...[number, number, number],
    grouped(number, [4, 3, 3], ' '),
    grouped(number, [2, 2, 2, 2, 2], ' '),
    grouped(number, [4, 6], ' '),
    grouped(number, [3, 3, 2, 2], '.'),
    `0084${rest}`,
    grouped(number, [4, 3, 3], '.'),
    grouped(number, [3, 3, 4], '-'),
    grouped(number, [4, 2, 2, 2], ' '),
    `+84${rest}`,
    `+84 ${grouped(rest, [2, 3, 4], ' ')}`,
    `84${rest}`,
    `(${number.slice(0, 3)}) ${grouped(number.slice(3), [3, 4], ' ')}`,
    `(+84) ${grouped(rest, [2, 3, 4], ' ')}`,
  ])
}

const landline = (random: Random): string => {
  const number = digits(random, 7)
  const area = random.one(['0208', '0209', '0204'])
  return random.one([
    `${area}3${number.slice(1)}`,
    `${area} 3${grouped(number.slice(1), [3, 3], ' ')}`,
    `${area}.3${grouped(number.slice(1), [3, 3], '.')}`,
    `(${area}) 3${number.slice(1)}`,
  ])
}

const plate = (random: Random): string => {
  const province = random.one(['20', '97', '29', '30', '98', '99', '19'])
  const car = `${province}${random.one(['A', 'B', 'C', 'D', 'H', 'LD', 'K'])}`
  const bike = `${province}${random.one(['B1', 'C1', 'F1', 'L5', 'AA', 'AB', 'MĐ1'])}`
  const [five, four] = [digits(random, 5), digits(random, 4)]
  return random.one([
    `${car}-${five.slice(0, 3)}.${five.slice(3)}`,
    `${car} ${five.slice(0, 3)}.${five.slice(3)}`,
    `${car}${five}`,
    `${car}-${five}`,
    `${car.toLowerCase()} ${five}`,
    `${car}.${five.slice(0, 3)}.${five.slice(3)}`,
    `${bike}-${five.slice(0, 3)}.${five.slice(3)}`,
    `${bike} ${five.slice(0, 3)}.${five.slice(3)}`,
    `${bike}-${four}`,
    `${province}-${bike.slice(2)} ${five.slice(0, 3)}.${five.slice(3)}`,
  ])
}

const TAX = [31, 29, 23, 19, 17, 13, 7, 5, 3]

const taxCode = (random: Random): string => {
  for (;;) {
    const nine = `4${digits(random, 8)}`
    const check = 10 - (TAX.reduce((sum, weight, at) => sum + weight * Number(nine[at]), 0) % 11)
    if (check < 10) return `${nine}${check}${random.one(['', '', '-001', '-012'])}`
  }
}

const withLuhn = (body: string): string => {
  const sum = [...body].reverse().reduce((total, digit, at) => {
    const doubled = at % 2 === 0 ? Number(digit) * 2 : Number(digit)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return `${body}${(10 - (sum % 10)) % 10}`
}

const card = (random: Random): string => {
  const number = random.one([
    withLuhn(`9704${digits(random, 11)}`),
    `9704${digits(random, 15)}`,
    withLuhn(`4${digits(random, 14)}`),
    withLuhn(`5${random.one(['1', '3', '5'])}${digits(random, 13)}`),
  ])
  return number.length === 16
    ? random.one([number, grouped(number, [4, 4, 4, 4], ' '), grouped(number, [4, 4, 4, 4], '-')])
    : number
}

const email = (random: Random): string =>
  `${random.one(['nguyenvana', 'tran.b', 'le_c88', 'pham-d', 'hoang+e', 'n.v.an.1990'])}${digits(random, 2)}@${random.one(['example.com', 'mail.example.vn', 'thu.example.org'])}`

/** The identifiers of pii.csv that are mostly digits, and those like them, in the ways in which people write them. */
export const NUMBERS: readonly Written[] = [
  {
    kind: 'citizen-id',
    make: citizen,
    sentences: [
      'CCCD số {} cấp tại Thái Nguyên',
      'căn cước công dân: {}',
      'số định danh cá nhân của tôi là {}',
      'tôi gửi giấy tờ {} để đối chiếu',
      'CCCD {}',
      'CCCD:{}',
      'số CCCD/hộ chiếu: {}',
      'thẻ căn cước số {}, đề nghị kiểm tra',
    ],
  },
  {
    kind: 'identity-card',
    make: (random) =>
      random.one(['09', '08', '01']) +
      random.one([digits(random, 7), `${digits(random, 1)} ${digits(random, 3)} ${digits(random, 3)}`]),
    sentences: [
      'CMND {} cấp năm 2005',
      'CMND/CCCD số: {}',
      'số CMT: {}',
      'chứng minh nhân dân số {}',
      'CMTND cũ là {}',
    ],
  },
  {
    kind: 'passport',
    make: (random) => `${random.one(['C', 'B', 'P', 'N'])}${digits(random, 7)}`,
    sentences: ['hộ chiếu số {}', 'passport {}', 'số hộ chiếu của tôi: {}'],
  },
  {
    kind: 'phone',
    make: mobile,
    sentences: [
      'gọi {} nhé',
      'ĐT: {}',
      'SĐT:{}',
      'hotline {} hoặc đường dây nóng',
      'nhắn zalo {}/fb',
      'sđt {} (zalo)',
      'liên hệ {}, cảm ơn',
      'xin phản hồi qua số {}.',
      'điện thoại {} gặp giờ hành chính',
      '{}',
    ],
  },
  {
    kind: 'landline',
    make: landline,
    sentences: ['máy bàn {}', 'điện thoại nhà: {}', 'gọi số {} không ai nghe máy', 'tel {}'],
  },
  {
    kind: 'plate',
    make: plate,
    sentences: [
      'xe {} đỗ sai quy định',
      'biển số {}',
      'ô tô biển kiểm soát {} vượt đèn đỏ',
      'xe tải {}, chở đất rơi vãi',
      'BKS {} chạy quá tốc độ',
    ],
  },
  {
    kind: 'driving-licence',
    make: (random) => digits(random, 12),
    sentences: ['GPLX số {}', 'giấy phép lái xe {}', 'bằng lái xe của tôi số {}'],
  },
  {
    kind: 'social-insurance',
    make: (random) => digits(random, 10),
    sentences: ['mã số BHXH {}', 'mã BHXH của cháu là {}', 'sổ bảo hiểm xã hội số {}', 'BHXH: {}'],
  },
  {
    kind: 'health-insurance',
    make: (random) => `${random.one(['GD', 'DN', 'HC', 'TE', 'HS'])}4${digits(random, 12)}`,
    sentences: ['thẻ BHYT {}', 'thẻ {} hết hạn', 'bảo hiểm y tế số {}'],
  },
  { kind: 'tax-code', make: taxCode, sentences: ['MST {}', 'mã số thuế cá nhân: {}', 'hộ kinh doanh {}'] },
  {
    kind: 'bank-account',
    make: (random) => digits(random, random.whole(8, 15)),
    sentences: [
      'STK {} MB',
      'stk mb bank: {}',
      'số TK của tôi tại ngân hàng Agribank chi nhánh Sông Công là {}',
      'chuyển khoản {} ngân hàng BIDV',
      'số tài khoản: {}',
      'chuyển vào tài khoản {} Agribank',
      'tk {} Vietcombank',
      'số tài khoản ngân hàng Vietinbank của tôi là {}',
    ],
  },
  { kind: 'payment-card', make: card, sentences: ['thẻ {}', 'mất thẻ ATM số {}', 'visa {} bị trừ tiền'] },
  { kind: 'email', make: email, sentences: ['thư: {}', 'gửi về {} nhé', 'email {}', 'xin trả lời qua {}.'] },
  {
    kind: 'birth-date',
    make: (random) => {
      const [day, month, year] = [random.whole(1, 28), random.whole(1, 12), random.whole(1940, 2009)]
      return random.one([
        `${String(day).padStart(2, '0')}/${String(month).padStart(2, '0')}/${year}`,
        `${day}/${month}/${year}`,
        `${day}-${month}-${year}`,
        `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
      ])
    },
    sentences: [
      'sinh ngày {}',
      'SN {}',
      'năm sinh {}',
      'ngày sinh: {}',
      'sinh {} tại Phổ Yên',
      'ngày tháng năm sinh {}',
    ],
  },
  {
    kind: 'address',
    make: (random) => `${random.whole(1, 400)}${random.one(['', '', 'A', `/${random.whole(1, 40)}`])}`,
    sentences: [
      'số nhà {} phường Tân Lập',
      'tôi ở ngõ {} đường Bắc Kạn',
      '{} đường Hoàng Văn Thụ bị ngập',
      'số {} ngõ 4 tổ 7',
    ],
  },
  {
    kind: 'position',
    make: (random) => `21.${digits(random, 5)}, 105.${digits(random, 5)}`,
    sentences: ['tôi đang ở {}', 'vị trí {} có hố', 'tọa độ nhà tôi: {}'],
  },
  {
    kind: 'ip-address',
    make: (random) => `${random.one(['192.0.2', '198.51.100', '203.0.113'])}.${random.whole(1, 254)}`,
    sentences: ['từ {}', 'địa chỉ IP {} truy cập'],
  },
  {
    kind: 'imei',
    make: (random) => withLuhn(`35${digits(random, 12)}`),
    sentences: ['IMEI {}', 'máy có số {}'],
  },
  {
    kind: 'dossier',
    make: (random) =>
      `H55.${digits(random, 2)}.${digits(random, 2)}-25${random.one(['01', '06', '11'])}${random.one(['03', '15', '28'])}-${digits(random, 4)}`,
    sentences: ['hồ sơ {} quá hạn', 'mã hồ sơ một cửa: {}'],
  },
  {
    kind: 'land-certificate',
    make: (random) => `${random.one(['CN', 'BA', 'DD'])} ${digits(random, 6)}`,
    sentences: ['sổ đỏ số {}', 'giấy chứng nhận quyền sử dụng đất {}', 'GCN {}'],
  },
  {
    kind: 'credential',
    make: (random) => `${random.one(['abc', 'Mk', 'qwerty'])}${digits(random, 4)}!`,
    sentences: ['mật khẩu: {}', 'mật khẩu là {}', 'password: {}'],
  },
]

const SURNAMES = (
  'Nguyễn Trần Lê Phạm Hoàng Huỳnh Vũ Võ Đặng Bùi Đỗ Ngô Dương Lý Nông Ma Lường Triệu Hà Lương Hứa Trịnh Đinh Đoàn Cao Tạ Chu La Lò Vàng ' +
  'Giàng Sùng Phùng Thái Đàm Lưu Mạc Quách Tô Kiều Vi Lục Mông Lộc Hầu Khúc Thân Bế Tống'
).split(' ')
const MIDDLE = ['Văn', 'Thị', 'Đức', 'Minh', 'Ngọc', 'Thanh', 'Quang', 'Hữu', 'A', 'Thị Thu', 'Xuân', 'Bảo']
const GIVEN = (
  'An Bình Cường Dung Giang Hạnh Hùng Khánh Lan Mai Nam Oanh Phúc Quyên Sơn Tâm Thảo Tuấn Uyên Vinh Yến Hà Thụy Hòa Trầm Khuê Đan Nhã Băng ' +
  'Sương Páo Sử Mỷ Pằng Dần Tỵ Thìn Hợi Sinh Lành Nết Thắm Bưởi Chanh Đô Kha Lực Nhàn Ước'
).split(' ')

const fullName = (random: Random): string =>
  `${random.one(SURNAMES)} ${random.one(MIDDLE)} ${random.one(GIVEN)}`

/** Names of persons: where something around tells that one comes, and where nothing does. */
export const NAMES: readonly Written[] = [
  {
    kind: 'name after a form of address',
    make: (random) => random.one([fullName(random), fullName(random), random.one(GIVEN)]),
    sentences: [
      'ông {} báo',
      'bà {} ở tổ 7',
      'gặp anh {} để làm rõ',
      'cô {} chủ nhiệm',
      'Anh {} báo hỏng đèn',
      'nhà ông {} xây lấn',
      'chị {} cho biết',
      'đồng chí {} phụ trách',
    ],
  },
  {
    kind: 'name after a label',
    make: (random) => random.one([fullName(random), fullName(random), fullName(random).toUpperCase()]),
    sentences: [
      'họ tên: {}',
      'họ và tên {}',
      'người phản ánh: {}',
      'tôi tên là {}',
      'chủ hộ {}',
      'người gửi {}',
    ],
  },
  {
    kind: 'name alone',
    make: fullName,
    sentences: [
      'tôi là {} ở phường Tân Lập',
      '{} xin phản ánh',
      'gửi {}',
      'theo {} thì đèn hỏng',
      'tổ trưởng {} xác nhận',
    ],
  },
]
