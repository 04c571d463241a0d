import { api } from '/api.js'
import { ago, badge, both, count, element, heading, nothing, table } from '/elements.js'
import { TRANSPORTS } from '/words.js'

/** Shows the agency feeds, their last run and what was set aside. */
export async function feeds() {
  const { body } = await api('/hub/v1/feeds?limit=1000')
  const title = heading(
    ['Nguồn dữ liệu', 'Feeds'],
    both(['Dữ liệu của các cơ quan đi vào trung tâm', 'Data of the agencies on their way into the hub']),
  )
  if (body.length === 0)
    return [title, nothing(['Trung tâm này chưa có nguồn dữ liệu nào.', 'This hub has no feeds yet.'])]
  return [
    title,
    table({
      caption: ['Các nguồn và lần chạy cuối', 'Feeds and their last run'],
      heads: [
        ['Nguồn', 'Feed'],
        ['Tình trạng', 'State'],
        ['Lần chạy cuối', 'Last run'],
        ['Đã đọc', 'Read'],
        ['Đã ghi', 'Written'],
        ['Không đổi', 'Unchanged'],
        ['Cách ly', 'Set aside'],
      ],
      numbers: [3, 4, 5, 6],
      rows: body.map(row),
    }),
  ]
}

function row({ name, definition = {}, counters = {}, lastRun, lastError }) {
  const aside = Object.values(counters.quarantined ?? {}).reduce((sum, number) => sum + number, 0)
  return [
    [
      element('strong', {}, definition.title ?? name),
      element('small', {}, definition.dataProvider ?? name),
      TRANSPORTS[definition.transport]
        ? element('small', {}, both(TRANSPORTS[definition.transport]))
        : undefined,
    ],
    state(lastRun, lastError),
    [
      ago(lastRun?.endedAt),
      lastRun?.input === undefined ? undefined : element('small', { class: 'input' }, lastRun.input),
    ],
    count(counters.read ?? 0),
    count(counters.written ?? 0),
    count(counters.unchanged ?? 0),
    aside === 0
      ? '0'
      : element(
          'a',
          { href: `#quarantine/${encodeURIComponent(name)}` },
          count(aside),
          ' ',
          both(['bản ghi', 'records']),
        ),
  ]
}

function state(lastRun, lastError) {
  if (lastError) return [badge('bad', ['Lỗi', 'failed']), element('small', { lang: 'en' }, lastError.text)]
  return lastRun ? badge('good', ['Tốt', 'fine']) : badge('none', ['Chưa chạy', 'has not run'])
}
