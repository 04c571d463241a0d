// The time of a query of history, and what is made of all values of a period.

import { choice, field, group, tick } from '/docs/fields.js'
import { both, element } from '/elements.js'

const RELATIONS = [
  ['after', ['từ lúc', 'from']],
  ['between', ['trong khoảng', 'between']],
  ['before', ['trước lúc', 'before']],
]
const PROPERTIES = [
  ['observedAt', ['lúc quan trắc (observedAt)', 'observedAt']],
  ['modifiedAt', ['lúc ghi (modifiedAt)', 'modifiedAt']],
  ['createdAt', ['lúc tạo (createdAt)', 'createdAt']],
  ['deletedAt', ['lúc xóa (deletedAt)', 'deletedAt']],
]
const METHODS = {
  avg: ['trung bình', 'mean'],
  min: ['nhỏ nhất', 'lowest'],
  max: ['lớn nhất', 'highest'],
  sum: ['tổng', 'sum'],
  totalCount: ['số giá trị', 'number of values'],
  distinctCount: ['số giá trị khác nhau', 'number of distinct values'],
  stddev: ['độ lệch chuẩn', 'standard deviation'],
  sumsq: ['tổng bình phương', 'sum of squares'],
}
const PERIODS = [
  ['', ['cả khoảng thời gian', 'all of the time']],
  ['PT1H', ['mỗi giờ', 'each hour']],
  ['P1D', ['mỗi ngày', 'each day']],
  ['P1W', ['mỗi tuần', 'each week']],
  ['P1M', ['mỗi tháng', 'each month']],
]

/** Makes the fields of the time; times are those of Việt Nam. */
export function timeFields({ timerel, timeAt, endTimeAt, timeproperty, lastN, methods, period }) {
  const end = field(
    ['Đến trước', 'Until before'],
    element('input', { name: 'endTimeAt', type: 'datetime-local', value: endTimeAt }),
  )
  const relation = choice('timerel', RELATIONS, timerel || 'after', { change: adapt })
  adapt()
  return group(
    ['Thời gian (giờ Việt Nam)', 'Time (of Việt Nam)'],
    field(['Quan hệ', 'Relation'], relation),
    field(
      ['Thời điểm', 'Time'],
      element('input', {
        name: 'timeAt',
        type: 'datetime-local',
        value: timeAt || daysAgo(7),
        required: true,
      }),
    ),
    end,
    field(['Theo', 'By'], choice('timeproperty', PROPERTIES, timeproperty)),
    field(
      ['Chỉ các giá trị cuối (lastN)', 'Last values only (lastN)'],
      element('input', { name: 'lastN', type: 'number', min: '1', value: lastN }),
    ),
    element(
      'div',
      { role: 'group', 'aria-labelledby': 'aggregates' },
      element('p', { id: 'aggregates', class: 'label' }, both(['Tổng hợp', 'Aggregates'])),
      element(
        'div',
        { class: 'ticks' },
        Object.entries(METHODS).map(([name, words]) =>
          tick('methods', words, { value: name, checked: methods.includes(name) }),
        ),
      ),
    ),
    field(['Tổng hợp theo', 'Aggregated by'], choice('period', PERIODS, period)),
  )

  function adapt() {
    end.hidden = relation.value !== 'between'
  }
}

/** Answers a time of Việt Nam so many days ago, as a field has it. */
function daysAgo(days) {
  return new Date(Date.now() + 7 * 3_600_000 - days * 86_400_000).toISOString().slice(0, 16)
}
