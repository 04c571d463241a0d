import { api } from '/api.js'
import { both, count, element, heading, nothing } from '/elements.js'
import { hubs } from '/pages/hubs.js'
import { maybe, section } from '/pages/section.js'
import { typeWords, vocabulary } from '/vocabulary.js'

const TYPES = '/ngsi-ld/v1/types'

/** Shows the hubs of the federation, how they answer, and what is kept here. */
export async function overview(hub) {
  const [sources, types] = await Promise.all([
    section(['Các trung tâm', 'Hubs'], () => hubs(hub)),
    section(['Dữ liệu ở trung tâm này', 'Data kept here'], kept),
  ])
  return [heading(['Toàn cảnh liên kết', 'Federation at a glance'], hub.title), sources, types]
}

async function kept() {
  const [{ body }, words] = await Promise.all([api(`${TYPES}?local=true`), vocabulary()])
  const counts = await Promise.all(body.typeList.map(countOf))
  if (body.typeList.length === 0) return nothing(['Chưa có thực thể nào.', 'There are no entities yet.'])
  return element(
    'ul',
    { class: 'types' },
    body.typeList.map((type, at) => {
      const [vi, en] = typeWords(words, type)
      return element(
        'li',
        {},
        element(
          'a',
          { href: `#entities/${encodeURIComponent(type)}` },
          element('span', { class: 'type-name' }, both([vi, en])),
          counts[at] === undefined ? undefined : element('span', { class: 'type-count' }, count(counts[at])),
        ),
      )
    }),
  )
}

async function countOf(type) {
  const answer = await maybe(
    `/ngsi-ld/v1/entities?type=${encodeURIComponent(type)}&local=true&limit=0&count=true`,
  )
  const header = answer?.headers.get('ngsild-results-count')
  return header === undefined || header === null ? undefined : Number(header)
}
