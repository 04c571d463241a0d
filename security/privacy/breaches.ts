import type { JsonObject } from '../../broker/core/model/json.ts'
import { Problem } from '../../broker/core/model/problem.ts'
import { formatDateTime } from '../../broker/core/model/time.ts'
import { pastIn, type Register, textsIn, timeIn, written } from './register.ts'

const HOUR = 3_600_000_000
/** Hours from its detection within which a breach is notified to the specialised body (article 23 of the law). */
const NOTIFY_HOURS = 72

/** Breaches of the protection of personal data: 72 hours from detection to notice. */
export const BREACHES: Register = {
  sealed: ['what', 'consequences', 'measures', 'contact'],
  create: (given, { now }) => {
    pastIn(given, 'detectedAt', now)
    return given
  },
  apply: (record, { notifiedAt, closed, ...facts }, { now }) => {
    if (record.closedAt !== undefined) throw new Problem('Conflict', 'Breach is closed already')
    if (closed && notifiedAt === undefined && record.notifiedAt === undefined)
      throw new Problem(
        'Conflict',
        'Breach is not notified yet: say when it was, or why it need not be, first',
      )
    return {
      ...record,
      ...facts,
      ...(notifiedAt !== undefined && written('notifiedAt', pastIn({ notifiedAt }, 'notifiedAt', now))),
      ...(closed && written('closedAt', now)),
    }
  },
  show: (record, { now }) => {
    const notifyBy = (timeIn(record, 'detectedAt') ?? 0) + NOTIFY_HOURS * HOUR
    const isDue = record.notifiedAt === undefined
    return {
      ...record,
      ...written('notifyBy', notifyBy),
      ...(isDue && { hoursLeft: Math.floor((notifyBy - now) / HOUR) }),
      missing: missingOf(record),
      state: record.closedAt === undefined ? 'open' : 'closed',
      overdue: isDue && now > notifyBy ? ['notice'] : [],
    }
  },
}

/** What the notice asks for: the member of the record, in Vietnamese and in English. */
const FORM = [
  ['what', 'Mô tả vụ việc vi phạm', 'What happened'],
  ['happenedAt', 'Thời điểm xảy ra', 'When it happened'],
  ['detectedAt', 'Thời điểm phát hiện', 'When it was detected'],
  ['categories', 'Loại dữ liệu cá nhân liên quan', 'Categories of personal data'],
  ['persons', 'Số lượng chủ thể dữ liệu bị ảnh hưởng', 'Number of persons concerned'],
  ['records', 'Số lượng bản ghi', 'Number of records'],
  ['consequences', 'Hậu quả, thiệt hại có thể xảy ra', 'Likely consequences'],
  ['measures', 'Biện pháp đã và sẽ thực hiện', 'Measures taken and planned'],
  ['contact', 'Đầu mối liên hệ về bảo vệ dữ liệu cá nhân', 'Contact'],
] as const

function missingOf(record: JsonObject): readonly string[] {
  return FORM.map(([name]) => name).filter((name) => record[name] === undefined)
}

/** Writes the notice of a breach as a form, with blanks where nothing is known yet. */
export function breachNotice(
  record: JsonObject,
  {
    lang,
    controller,
    now,
  }: { readonly lang: 'vi' | 'en'; readonly controller: string; readonly now: number },
): string {
  const isVietnamese = lang === 'vi'
  const head = isVietnamese
    ? [
        'THÔNG BÁO VI PHẠM QUY ĐỊNH VỀ BẢO VỆ DỮ LIỆU CÁ NHÂN',
        'Kính gửi: cơ quan chuyên trách bảo vệ dữ liệu cá nhân',
      ]
    : [
        'NOTICE OF A BREACH OF PERSONAL DATA PROTECTION',
        'To: the body specialised in personal data protection',
      ]
  const from = isVietnamese ? 'Bên kiểm soát dữ liệu' : 'Controller'
  const made = isVietnamese ? 'Lập lúc' : 'Made at'
  const lines = FORM.map(
    ([name, vi, en], at) => `${at + 1}. ${isVietnamese ? vi : en}: ${valueText(record, name)}`,
  )
  return [...head, '', `${from}: ${controller}`, ...lines, '', `${made}: ${formatDateTime(now)}`, ''].join(
    '\n',
  )
}

function valueText(record: JsonObject, name: string): string {
  const list = textsIn(record, name)
  const value = list.length > 0 ? list.join(', ') : record[name]
  return value === undefined ? '…………………' : String(value)
}
