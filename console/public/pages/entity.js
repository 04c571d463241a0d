import { api, Refusal } from '/api.js'
import { both, element, heading, notice } from '/elements.js'
import { nameOf, shortId, show } from '/value.js'
import { attributeWords, typeWords, vocabulary } from '/vocabulary.js'
import { KIND_SIGNS, KINDS, PERSONAL, ROLES, refusalOf } from '/words.js'

const ORDER = ['dpo', 'operator', 'analyst', 'public']

/** Shows one entity, and what each role sees of it, side by side. */
export async function entity(_hub, id = '') {
  const path = `/ngsi-ld/v1/entities/${encodeURIComponent(id)}`
  const [{ body: own }, seen, words] = await Promise.all([
    api(`${path}?format=simplified`),
    viewsOf(id),
    vocabulary(),
  ])
  const type = [own.type].flat()[0]
  const columns = seen.views ?? [{ role: 'own', entity: own }]
  return [
    heading(
      [nameOf(own), ''],
      element('a', { href: `#entities/${encodeURIComponent(type)}` }, both(typeWords(words, type))),
      ' › ',
      element('code', {}, shortId(id)),
    ),
    seen.refusal,
    seen.views ? legend() : undefined,
    ...chosenRoles(columns, (chosen) => comparison(own, chosen, { type, words })),
    ngsiDocument(path),
  ]
}

/** Who may not compare sees the entity all the same, and is told why. */
async function viewsOf(id) {
  try {
    const { body } = await api(`/hub/v1/views/${encodeURIComponent(id)}`)
    const rank = ({ role }) => (ORDER.includes(role) ? ORDER.indexOf(role) : ORDER.length)
    return { views: [...body.views].sort((left, right) => rank(left) - rank(right)) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const [vi, en] =
      error.status === 403 || error.status === 401
        ? [
            'Chỉ cán bộ bảo vệ dữ liệu so sánh được các vai trò; dưới đây là phần bạn thấy',
            'Only the data-protection officer may compare roles; below is what you see',
          ]
        : refusalOf(error)
    return { refusal: notice([vi, en], error.message, 'warning') }
  }
}

/** The roles that matter to people come first; the others are drawn when somebody wants them. */
function chosenRoles(columns, draw) {
  const usual = columns.filter(({ role }) => ORDER.includes(role))
  const chosen = new Set(usual.length === 0 ? columns : usual)
  const box = element('div')
  const redraw = () => box.replaceChildren(draw(columns.filter((column) => chosen.has(column))))
  redraw()
  if (columns.length === chosen.size) return [box]
  const options = columns.map((column) => {
    const change = ({ currentTarget: { checked } }) => {
      if (checked) chosen.add(column)
      else chosen.delete(column)
      redraw()
    }
    const option = element('input', {
      type: 'checkbox',
      value: column.role,
      checked: chosen.has(column),
      change,
    })
    return element('label', {}, option, ' ', both(roleWords(column.role)))
  })
  return [
    element('fieldset', { class: 'roles' }, element('legend', {}, both(['Vai trò', 'Roles'])), options),
    box,
  ]
}

function legend() {
  return element(
    'ul',
    { class: 'legend', 'aria-label': 'Chú giải · Legend' },
    Object.entries(KINDS).map(([kind, words]) =>
      element('li', { class: kind }, sign(kind), ' ', both(words)),
    ),
  )
}

function sign(kind) {
  return element('span', { class: 'sign', 'aria-hidden': 'true' }, KIND_SIGNS[kind])
}

function comparison(own, columns, { type, words }) {
  const names = [...new Set(columns.flatMap(({ entity: each }) => Object.keys(each ?? {})))].filter(
    (name) => !['id', 'type', '@context'].includes(name),
  )
  const caption = ['Cùng một thực thể, theo từng vai trò', 'The same entity, as each role sees it']
  return element(
    'div',
    { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': caption.join(' · ') },
    element(
      'table',
      { role: 'table', class: 'views cards', 'data-columns': String(columns.length) },
      element('caption', {}, both(caption)),
      element(
        'thead',
        { role: 'rowgroup' },
        element(
          'tr',
          { role: 'row' },
          element('th', { scope: 'col', role: 'columnheader' }, both(['Thuộc tính', 'Attribute'])),
          columns.map(roleHead),
        ),
      ),
      element(
        'tbody',
        { role: 'rowgroup' },
        names.map((name) =>
          element(
            'tr',
            { role: 'row', 'data-attribute': name },
            element(
              'th',
              { scope: 'row', role: 'rowheader' },
              attributeName(name, attributeWords(words, type, name)),
            ),
            columns.map((column) => cell(column, own, name, attributeWords(words, type, name).values)),
          ),
        ),
      ),
    ),
  )
}

function roleHead({ role, entity: seen }) {
  return element(
    'th',
    { scope: 'col', role: 'columnheader', 'data-role': role },
    both(roleWords(role)),
    seen === null
      ? element('small', {}, both(['không thấy thực thể', 'does not see the entity']))
      : undefined,
  )
}

function roleWords(role) {
  return role === 'own' ? ['Bạn thấy', 'What you see'] : (ROLES[role] ?? [role, ''])
}

function attributeName(name, { label, personalData }) {
  return [
    label ? both(label) : name,
    element('small', {}, element('code', {}, name)),
    PERSONAL[personalData] ? element('span', { class: 'personal' }, both(PERSONAL[personalData])) : undefined,
  ]
}

function cell({ role, entity: seen }, own, name, values) {
  const kind = kindOf(seen ?? {}, own, name)
  const label = roleWords(role).filter(Boolean).join(' · ')
  return element(
    'td',
    { role: 'cell', class: kind, 'data-kind': kind, 'data-role': role, 'data-label': label },
    element(
      'div',
      {},
      kind === 'absent' ? undefined : element('div', { class: 'value' }, show(seen[name], values)),
      kind === 'clear' ? undefined : element('div', { class: 'kind' }, sign(kind), ' ', both(KINDS[kind])),
    ),
  )
}

/** What differs from the reader's own view is masked; pseudonyms say so themselves. */
function kindOf(seen, own, name) {
  if (!Object.hasOwn(seen, name)) return 'absent'
  const text = JSON.stringify(seen[name])
  if (text.includes('"pseudonym:')) return 'pseudonym'
  return text === JSON.stringify(own[name]) ? 'clear' : 'partial'
}

/** The entity as the API answers it, once somebody wants to see it. */
function ngsiDocument(path) {
  const text = element('pre', { class: 'raw', tabindex: '0' })
  const load = async () => {
    if (!details.open || text.textContent !== '') return
    text.textContent = await api(path).then(
      ({ body }) => JSON.stringify(body, null, 2),
      (error) => error.message,
    )
  }
  const details = element(
    'details',
    { toggle: load },
    element('summary', {}, both(['Văn bản NGSI-LD', 'NGSI-LD document'])),
    text,
  )
  return details
}
