// What rights are called, Vietnamese first; one pair [Vietnamese, English] each.

export const ACTIONS = {
  read: ['đọc', 'read'],
  create: ['tạo', 'create'],
  update: ['sửa', 'update'],
  delete: ['xóa', 'delete'],
}

export const REACHES = {
  all: ['tất cả', 'all'],
  some: ['tùy thực thể', 'depends on the entity'],
  together: ['chỉ số đếm của nhiều thực thể', 'counts of many only'],
}

export const KINDS = {
  registration: ['đăng ký nguồn dữ liệu', 'registrations of sources'],
  subscription: ['đăng ký nhận thông báo', 'subscriptions'],
  context: ['ngữ cảnh JSON-LD', 'JSON-LD contexts'],
  feed: ['nguồn cấp dữ liệu', 'feeds'],
  quarantine: ['bản ghi bị cách ly', 'records in quarantine'],
  policy: ['chính sách truy cập', 'policies'],
  federation: ['tình trạng các trung tâm', 'state of the federation'],
  snapshot: ['bản chụp dữ liệu', 'snapshots'],
  explanation: ['giải thích truy vấn', 'explanations of queries'],
  store: ['dung lượng lưu trữ', 'size of the store'],
  audit: ['nhật ký truy cập', 'audit log'],
  privacy: ['yêu cầu của chủ thể dữ liệu', 'requests of data subjects'],
  identity: ['khóa ký', 'signing keys'],
  revocation: ['thu hồi mã truy cập', 'revocations of tokens'],
  unit: ['đơn vị hành chính', 'administrative units'],
}

export const CLASSES = {
  none: ['không phải dữ liệu cá nhân', 'no personal data'],
  basic: ['dữ liệu cá nhân cơ bản', 'basic personal data'],
  sensitive: ['dữ liệu cá nhân nhạy cảm', 'sensitive personal data'],
  children: ['có thể là của trẻ em', 'may be of a child'],
  unclassified: ['chưa phân loại', 'not classified'],
}

/** How an attribute is shown: a kind of badge, and words. */
export const SHOWN = {
  clear: ['good', ['thấy rõ', 'clear']],
  masked: ['rest', ['bị che', 'masked']],
  scanned: ['rest', ['lọc định danh cá nhân', 'scanned for identifiers']],
  absent: ['none', ['ẩn', 'hidden']],
}

const METHODS = {
  redact: () => ['không để lại gì', 'nothing is left'],
  partial: () => ['chỉ còn vài ký tự', 'some characters are left'],
  pseudonym: ({ rotate }) =>
    rotate === 'day' ? ['bí danh, đổi mỗi ngày', 'pseudonym, another each day'] : ['bí danh', 'pseudonym'],
  generalise: ({ to, band }) =>
    to === 'month'
      ? ['chỉ còn tháng', 'the month is left']
      : band === undefined
        ? ['chỉ còn năm', 'the year is left']
        : [`theo khoảng ${band}`, `in bands of ${band}`],
  coarsen: ({ decimals = 3 }) => [
    `vị trí làm tròn ${decimals} chữ số thập phân`,
    `place on a grid of ${decimals} decimals`,
  ],
  unit: ({ level = 'commune' }) =>
    level === 'province'
      ? ['chỉ còn tỉnh', 'the province is left']
      : ['chỉ còn xã, phường', 'the commune is left'],
  scan: () => ['thay định danh cá nhân trong văn bản', 'identifiers in texts are replaced'],
}

/** Says how a mask works. */
export function maskWords({ method, ...settings }) {
  return METHODS[method]?.(settings) ?? [method, method]
}

const ASSURANCE = [
  ['không rõ', 'not known'],
  ['mật khẩu', 'a password'],
  ['hai yếu tố', 'two factors'],
  ['khóa phần cứng', 'a key in hardware'],
]

/** Says how surely it is known who it is. */
export function assuranceWords(level) {
  return ASSURANCE[level] ?? ASSURANCE[0]
}
