import { api } from '/api.js'
import { ago, badge, both, count, duration, element, heading, moment, nothing, table } from '/elements.js'
import { REASONS, TRANSPORTS } from '/words.js'

/** Shows the agency feeds, their last run and what was set aside. */
export async function feeds() {
  const { body } = await api('/hub/v1/feeds?limit=1000')
  const title = heading(
    ['Nguồn dữ liệu', 'Feeds'],
    both(['Dữ liệu của các cơ quan đi vào trung tâm', 'Data of the agencies on their way into the hub']),
  )
  return [title, feedTable(body)]
}

/** Shows how feeds stand, as the hub tells it. */
export function feedTable(feeds) {
  if (feeds.length === 0)
    return nothing(['Trung tâm này chưa có nguồn dữ liệu nào.', 'This hub has no feeds yet.'])
  return table({
    caption: ['Các nguồn và lần chạy cuối', 'Feeds and their last run'],
    heads: [
      ['Nguồn', 'Feed'],
      ['Tình trạng', 'State'],
      ['Lần chạy cuối', 'Last run'],
      ['Độ trễ dữ liệu', 'Lag of the data'],
      ['Bản ghi', 'Records'],
      ['Cách ly', 'Set aside'],
    ],
    rows: feeds.map(row),
  })
}

function row({ name, definition = {}, counters = {}, lastRun, lastError, brought = {}, running }) {
  const until = Object.values(brought)
    .flatMap(({ to }) => to ?? [])
    .sort((left, right) => Date.parse(left) - Date.parse(right))
    .at(-1)
  return [
    [
      element('strong', {}, definition.title ?? name),
      element('small', {}, definition.dataProvider ?? name),
      TRANSPORTS[definition.transport]
        ? element('small', {}, both(TRANSPORTS[definition.transport]))
        : undefined,
    ],
    state(lastRun, lastError, running),
    [
      ago(lastRun?.endedAt),
      lastRun?.input === undefined ? undefined : element('small', { class: 'input' }, lastRun.input),
      next(running),
    ],
    until === undefined
      ? '–'
      : [duration(until), element('small', {}, both(['đến', 'until']), ' ', moment(until))],
    [
      ...both([`${count(counters.read ?? 0)} đã đọc`, 'read']),
      element('small', {}, both([`${count(counters.written ?? 0)} đã ghi`, 'written'])),
      element('small', {}, both([`${count(counters.unchanged ?? 0)} không đổi`, 'unchanged'])),
    ],
    aside(name, counters.quarantined ?? {}),
  ]
}

function state(lastRun, lastError, running) {
  const faults = running?.faults ?? []
  if (faults.length > 0)
    return [
      badge('bad', ['Cấu hình lỗi', 'misdefined']),
      element('small', {}, both(['Cấu hình trước vẫn chạy', 'the definition before goes on'])),
      ...faults.map((fault) => element('small', { lang: 'en' }, fault)),
    ]
  if (lastError) return [badge('bad', ['Lỗi', 'failed']), ...failure(lastError)]
  return lastRun ? badge('good', ['Tốt', 'fine']) : badge('none', ['Chưa chạy', 'has not run'])
}

function failure({ text, failures, retryAt }) {
  return [
    element('small', { lang: 'en' }, text),
    failures === undefined
      ? undefined
      : element('small', {}, both([`${count(failures)} lần liên tiếp`, `${count(failures)} times in a row`])),
    retryAt === undefined
      ? undefined
      : element('small', {}, both(['thử lại lúc', 'tried again at']), ' ', moment(retryAt)),
  ]
}

function next(running) {
  if (running?.nextVisitAt === undefined) return undefined
  return element('small', {}, both(['lần sau', 'next']), ' ', moment(running.nextVisitAt))
}

function aside(name, reasons) {
  const told = Object.entries(reasons).filter(([, number]) => number > 0)
  const sum = told.reduce((total, [, number]) => total + number, 0)
  if (sum === 0) return '0'
  return [
    element(
      'a',
      { href: `/#quarantine/${encodeURIComponent(name)}` },
      count(sum),
      ' ',
      both(['bản ghi', 'records']),
    ),
    ...told.map(([reason, number]) =>
      element('small', {}, count(number), ' ', both(REASONS[reason] ?? [reason, ''])),
    ),
  ]
}
