// How feeds and hubs do, as far as the caller may see it: the tables of the console, and how good the data are.

import { api } from '/api.js'
import { badge, both, element, heading, moment, nothing, table } from '/elements.js'
import { feedTable } from '/pages/feeds.js'
import { hubs } from '/pages/hubs.js'
import { section } from '/pages/section.js'

const DIMENSIONS = {
  timeliness: ['Sống: đến kịp', 'Live: in time'],
  completeness: ['Đủ', 'Complete'],
  correctness: ['Đúng', 'Correct'],
  cleanness: ['Sạch', 'Clean'],
}
/** The account of a whole feed names no attribute. */
const ASSESSMENTS =
  '/ngsi-ld/v1/entities?type=DataQualityAssessment&q=!assessedAttribute&format=concise&limit=200'
const GOOD = 0.95

/** Draws the state of feeds, of the quality of their data, and of other hubs. */
export async function draw(hub) {
  const parts = await Promise.all([
    section(['Nguồn dữ liệu', 'Feeds'], async () => feedTable((await api('/hub/v1/feeds?limit=1000')).body)),
    section(['Chất lượng dữ liệu, ngày gần nhất', 'Data quality, last day'], quality),
    section(['Các trung tâm', 'Hubs'], () => hubs(hub)),
  ])
  const lead = [
    'Nguồn và trung tâm hoạt động ra sao, trong phạm vi bạn được xem',
    'How feeds and hubs do, as far as you may see it',
  ]
  return [heading(['Tình trạng', 'Status'], both(lead)), ...parts]
}

async function quality() {
  const { body } = await api(ASSESSMENTS)
  if (body.length === 0)
    return nothing([
      'Chưa có đánh giá chất lượng nào bạn được xem.',
      'There is no assessment that you may see.',
    ])
  return table({
    caption: ['Chất lượng dữ liệu của từng nguồn', 'Quality of the data of each feed'],
    heads: [['Nguồn', 'Feed'], ...Object.values(DIMENSIONS), ['Tính đến', 'As of']],
    numbers: [1, 2, 3, 4],
    rows: body.map((assessment) => [
      [
        element('strong', {}, plainOf(assessment.feedCode) ?? assessment.id),
        element('small', {}, plainOf(assessment.assessedType) ?? ''),
      ],
      ...Object.keys(DIMENSIONS).map((dimension) => shareOf(plainOf(assessment[dimension]))),
      asOf(assessment),
    ]),
  })
}

/** Concise entities leave out what says nothing. */
function plainOf(attribute) {
  return attribute?.value ?? (typeof attribute === 'object' ? undefined : attribute)
}

function shareOf(share) {
  if (share === undefined) return '–'
  const percent = `${Math.round(share * 1000) / 10} %`
  return badge(share >= GOOD ? 'good' : 'bad', [percent, percent])
}

function asOf(assessment) {
  const times = Object.keys(DIMENSIONS).flatMap((dimension) => assessment[dimension]?.observedAt ?? [])
  return times.length === 0 ? '–' : moment(times.sort().at(-1))
}
