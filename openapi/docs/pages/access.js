// What my token may see: its claims in words, and what the policies in force make of them, as the API tells it.

import { api } from '/api.js'
import { ACTIONS, assuranceWords, CLASSES, KINDS, maskWords, REACHES, SHOWN } from '/docs/access/words.js'
import { badge, both, count, element, heading, moment, nothing, notice, say, table } from '/elements.js'
import { attributeWords, typeWords, vocabulary } from '/vocabulary.js'
import { ROLES } from '/words.js'

/** Draws what the caller is to the hub, and what it may do; of the type in the address with its attributes. */
export async function draw(hub) {
  const type = new URLSearchParams(location.search).get('type')
  const [{ body: access }, words, told] = await Promise.all([
    api('/hub/v1/access'),
    vocabulary(),
    type === null ? undefined : api(`/hub/v1/access?type=${encodeURIComponent(type)}`),
  ])
  return [
    heading(
      ['Mã truy cập của tôi thấy gì', 'What my token may see'],
      both([
        'Theo chính sách đang hiệu lực; điều kiện của từng thực thể có thể thu hẹp thêm',
        'By the policies in force; what an entity says may narrow it further',
      ]),
    ),
    section(
      ['Bạn là ai với trung tâm này', 'Who you are to this hub'],
      access.accessControl ? claims(access, hub) : open(),
    ),
    told ? attributes(told.body.types[0], words) : undefined,
    section(['Thực thể, theo loại', 'Entities, by type'], types(access, words, type)),
    section(['Ngoài thực thể', 'Besides entities'], kinds(access)),
  ]
}

function section(words, content) {
  return element('section', {}, element('h2', {}, both(words)), content)
}

function open() {
  return notice(
    [
      'Trung tâm này không kiểm soát truy cập: ai cũng được làm mọi việc',
      'This hub has no access control: everybody may do everything',
    ],
    undefined,
    'warning',
  )
}

function claims({ claims: own, rates }, hub) {
  const facts = [
    [['Tên', 'Name'], own.anonymous ? both(['chưa đăng nhập', 'not signed in']) : own.name],
    [['Vai trò', 'Roles'], own.roles.length === 0 ? undefined : list(own.roles.map((role) => roleOf(role)))],
    [['Cơ quan', 'Organisation'], own.organisation],
    [['Địa bàn', 'City'], own.city],
    [['Mục đích đang dùng', 'Purpose in force'], own.purpose],
    [
      ['Mục đích được chọn (Hub-Purpose)', 'Purposes to pick from (Hub-Purpose)'],
      own.purposes && list(own.purposes),
    ],
    [
      ['Xác thực bằng', 'Signed in with'],
      own.assurance === undefined ? undefined : both(assuranceWords(own.assurance)),
    ],
    [
      ['Ràng buộc với', 'Bound to'],
      own.bound &&
        both(
          own.bound === 'key' ? ['khóa của ứng dụng (DPoP)', 'a key (DPoP)'] : ['chứng thư', 'a certificate'],
        ),
    ],
    [['Ứng dụng', 'Application'], own.client],
    [['Nơi cấp', 'Issuer'], own.issuer === 'local' ? hub.title : own.issuer],
    [['Đăng nhập lúc', 'Signed in at'], own.authenticatedAt && moment(own.authenticatedAt)],
    [['Hết hạn lúc', 'Ends at'], own.expiresAt && moment(own.expiresAt)],
    [
      ['Số lời gọi', 'Requests'],
      rates.length === 0 ? both(['không giới hạn', 'no limit']) : list(rates.map(rateOf)),
    ],
  ]
  return element(
    'dl',
    { class: 'facts' },
    facts
      .filter(([, value]) => value !== undefined)
      .map(([words, value]) => element('div', {}, element('dt', {}, both(words)), element('dd', {}, value))),
  )
}

function roleOf(role) {
  return [element('code', {}, role), ROLES[role] ? [' · ', both(ROLES[role])] : undefined].flat()
}

function rateOf({ kind, requests, seconds }) {
  const by = {
    caller: ['mỗi người gọi', 'each caller'],
    policy: ['theo chính sách', 'by a policy'],
    tenant: ['cả không gian dữ liệu', 'of all the tenant'],
  }[kind]
  return both([
    `${count(requests)} trong ${count(seconds)} giây (${by[0]})`,
    `${count(requests)} in ${count(seconds)} s (${by[1]})`,
  ])
}

function list(items) {
  return element(
    'ul',
    { class: 'values' },
    items.map((item) => element('li', {}, item)),
  )
}

function types({ types: some, otherTypes }, words, chosen) {
  if (some.length === 0) return nothing(['Không loại thực thể nào.', 'No type of entities.'])
  const rows = some.map(({ type, actions }) => [
    [
      element(
        'a',
        {
          href: `/docs/access?type=${encodeURIComponent(type)}#attributes`,
          'aria-current': type === chosen ? 'true' : undefined,
        },
        both(typeWords(words, type)),
      ),
      element('small', {}, element('code', {}, type)),
    ],
    ...Object.keys(ACTIONS).map((action) => reachOf(actions[action])),
  ])
  const others = [
    both(['loại không có trong bộ từ vựng', 'types that the ontology does not know']),
    ...Object.keys(ACTIONS).map((action) => reachOf(otherTypes[action])),
  ]
  return table({
    caption: ['Được làm gì với thực thể của từng loại', 'What may be done with entities of each type'],
    heads: [['Loại: bấm để xem thuộc tính', 'Type: open to see attributes'], ...Object.values(ACTIONS)],
    rows: [...rows, others],
  })
}

function reachOf(reach) {
  return reach === undefined
    ? badge('none', ['không', 'no'])
    : badge(reach === 'all' ? 'good' : 'rest', REACHES[reach])
}

function kinds({ kinds: some }) {
  if (some.length === 0) return nothing(['Không gì khác.', 'Nothing else.'])
  return table({
    caption: ['Được làm gì ngoài thực thể', 'What may be done besides entities'],
    heads: [
      ['Đối tượng', 'What'],
      ['Được làm', 'May be done'],
    ],
    rows: some.map(({ kind, actions, own }) => [
      [both(KINDS[kind] ?? [kind, kind]), element('small', {}, element('code', {}, kind))],
      actions.flatMap((action, at) => [
        at === 0 ? '' : ', ',
        ...both(
          own.includes(action)
            ? ACTIONS[action].map((word, language) => `${word} ${['(chỉ của mình)', '(own only)'][language]}`)
            : ACTIONS[action],
        ),
      ]),
    ]),
  })
}

function attributes({ type, attributes: some }, words) {
  const order = Object.keys(SHOWN)
  const sorted = [...some].sort((one, other) => order.indexOf(one.shown) - order.indexOf(other.shown))
  const figures = order.flatMap((shown) => {
    const number = some.filter((each) => each.shown === shown).length
    return number === 0
      ? []
      : [
          element(
            'li',
            {},
            badge(
              SHOWN[shown][0],
              SHOWN[shown][1].map((word) => `${count(number)} ${word}`),
            ),
          ),
        ]
  })
  return element(
    'section',
    { id: 'attributes' },
    element(
      'h2',
      {},
      both(typeWords(words, type).map((name) => name || type)),
      ' ',
      element('code', {}, type),
    ),
    element('ul', { class: 'legend' }, figures),
    some.length === 0
      ? nothing(['Bộ từ vựng không có loại này.', 'The ontology does not know this type.'])
      : table({
          caption: ['Từng thuộc tính được thấy thế nào', 'How each attribute is shown'],
          heads: [
            ['Thuộc tính', 'Attribute'],
            ['Được thấy', 'Shown'],
            ['Cách che', 'How it is masked'],
            ['Phân loại', 'Class'],
          ],
          rows: sorted.map(({ attribute, shown, mask, depends, class: each }) => [
            [
              both(attributeWords(words, type, attribute).label ?? [attribute, '']),
              element('small', {}, element('code', {}, attribute)),
            ],
            [
              badge(...SHOWN[shown]),
              depends ? element('small', {}, both(['tùy thực thể', 'depends on the entity'])) : undefined,
            ],
            mask ? [both(maskWords(mask)), element('small', {}, element('code', {}, mask.method))] : '–',
            both(CLASSES[each]),
          ]),
        }),
    element(
      'p',
      {},
      element(
        'a',
        { href: `/docs/workbench?type=${encodeURIComponent(type)}` },
        say(['Mở trong bàn truy vấn', 'Open in the workbench']),
      ),
    ),
  )
}
