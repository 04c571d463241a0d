// What the console says, Vietnamese first; one pair [Vietnamese, English] each.

export const SOURCE_STATES = {
  ok: ['Đang trả lời', 'answering'],
  failed: ['Không trả lời', 'no answer'],
  resting: ['Tạm nghỉ sau lỗi', 'resting after a failure'],
  unknown: ['Chưa được hỏi', 'not asked yet'],
  here: ['Trung tâm này', 'this hub'],
}

/** Why a source gave no answer. */
export const FAILURES = {
  timeout: ['không kịp trả lời', 'not in time'],
  unreachable: ['không kết nối được', 'not reached'],
  error: ['báo lỗi', 'answered an error'],
  refused: ['từ chối', 'refused'],
  invalid: ['trả lời sai dạng', 'answered something else'],
  other: ['lý do khác', 'other reasons'],
}

export const MODES = {
  inclusive: ['bổ sung', 'inclusive'],
  exclusive: ['độc quyền', 'exclusive'],
  redirect: ['chuyển tiếp', 'redirect'],
  auxiliary: ['phụ trợ', 'auxiliary'],
}

export const TRANSPORTS = {
  directory: ['thư mục tệp', 'files of a folder'],
  'http-poll': ['hỏi định kỳ', 'asked regularly'],
  webhook: ['nguồn tự gửi', 'sent by the source'],
  ftp: ['thư mục FTP', 'files by FTP'],
  sftp: ['thư mục SFTP', 'files by SFTP'],
  mqtt: ['bản tin MQTT', 'messages of MQTT'],
  sql: ['cơ sở dữ liệu', 'database'],
  ngsi: ['trung tâm NGSI khác', 'another NGSI broker'],
}

export const REASONS = {
  unreadable: ['Không đọc được', 'unreadable'],
  unmapped: ['Không ánh xạ được', 'not understood'],
  implausible: ['Giá trị vô lý', 'implausible'],
  refused: ['Trung tâm từ chối', 'refused by the hub'],
  'too-large': ['Quá lớn', 'too large'],
  private: ['Có dữ liệu không được nhận', 'must not be brought'],
}

export const ROLES = {
  dpo: ['Cán bộ bảo vệ dữ liệu', 'Data-protection officer'],
  operator: ['Trực ban IOC', 'City operator'],
  analyst: ['Chuyên viên phân tích', 'Analyst'],
  public: ['Công chúng', 'Public'],
  administrator: ['Quản trị', 'Administrator'],
  developer: ['Nhà phát triển', 'Developer'],
  feed: ['Bộ tiếp nhận dữ liệu', 'Feed'],
  open: ['Mọi người (không kiểm soát truy cập)', 'Everybody (no access control)'],
}

export const KINDS = {
  clear: ['Rõ', 'clear'],
  partial: ['Che một phần', 'partial'],
  pseudonym: ['Bí danh', 'pseudonym'],
  absent: ['Không thấy', 'absent'],
}

/** Not by colour alone: each kind has its own sign too. */
export const KIND_SIGNS = { clear: '●', partial: '◐', pseudonym: '◈', absent: '○' }

export const PERSONAL = {
  basic: ['dữ liệu cá nhân cơ bản', 'basic personal data'],
  sensitive: ['dữ liệu cá nhân nhạy cảm', 'sensitive personal data'],
}

const REFUSALS = {
  0: ['Không kết nối được với trung tâm', 'The hub cannot be reached'],
  400: ['Yêu cầu có chỗ chưa đúng', 'Something in the request is wrong'],
  401: ['Cần đăng nhập để xem phần này', 'Log in to see this'],
  403: ['Tài khoản này không có quyền xem phần này', 'This account may not see this'],
  404: ['Không tìm thấy', 'Not found'],
  409: ['Không làm được lúc này', 'It cannot be done now'],
  429: ['Quá nhiều yêu cầu, hãy thử lại sau', 'Too many requests, try again later'],
}

/** Answers what a refusal means, in words. */
export function refusalOf({ status }) {
  return REFUSALS[status] ?? ['Trung tâm không trả lời được', 'The hub could not answer']
}
