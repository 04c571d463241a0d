import { copyButton } from '/docs/copy.js'
import { both, element, heading } from '/elements.js'
import { session } from '/session.js'

/** The sections, and what each is good for. */
const SECTIONS = [
  [
    'guide',
    ['Hướng dẫn', 'Guides'],
    [
      'Mỗi trang một việc, từ truy vấn đầu tiên đến liên kết các trung tâm.',
      'One page per job, from the first query to a federation of hubs.',
    ],
  ],
  [
    'reference',
    ['Tra cứu API', 'API reference'],
    [
      'Mọi thao tác của trung tâm này, gọi thử ngay bằng quyền của mình.',
      'Every operation of this hub; try each with your own rights.',
    ],
  ],
  [
    'ontology',
    ['Bộ từ vựng', 'Ontology'],
    [
      'Loại thực thể, thuộc tính, đơn vị đo và mức độ riêng tư, kèm ví dụ.',
      'Entity types, attributes, units and classes of personal data, with examples.',
    ],
  ],
  [
    'workbench',
    ['Bàn truy vấn', 'Workbench'],
    [
      'Đặt truy vấn bằng biểu mẫu, chép lời gọi, xem câu trả lời dạng bảng, bản đồ, JSON-LD, RDF.',
      'A query by form, to be copied; its answer as table, map, JSON-LD and RDF.',
    ],
  ],
  [
    'access',
    ['Quyền của tôi', 'My token'],
    [
      'Mã truy cập nói gì, được làm gì, thuộc tính nào thấy rõ, bị che hay bị ẩn.',
      'What your token says and may do; which attributes are clear, masked or hidden.',
    ],
  ],
  [
    'subscriptions',
    ['Thông báo', 'Subscriptions'],
    [
      'Thử một đăng ký và xem thông báo đến ngay khi dữ liệu đổi.',
      'Try a subscription, and see its notifications as data change.',
    ],
  ],
  [
    'status',
    ['Tình trạng', 'Status'],
    [
      'Các nguồn dữ liệu, chất lượng dữ liệu và các trung tâm khác hoạt động ra sao.',
      'How feeds, the quality of their data and other hubs do.',
    ],
  ],
]

/** Says what there is, and gives a first query that works at this hub. */
export function draw({ title, types = [], issuer }) {
  const type = types.includes('AirQualityObserved') ? 'AirQualityObserved' : (types[0] ?? 'Device')
  const token = issuer === undefined ? [] : ["  -H 'Authorization: Bearer '$TOKEN"]
  const query = [
    `curl '${location.origin}/ngsi-ld/v1/entities?type=${type}&limit=2&format=simplified'`,
    ...token,
  ].join(' \\\n')
  const pre = element('pre', { tabindex: '0' }, element('code', {}, query))
  return [
    heading(
      ['Cổng nhà phát triển', "Developers' portal"],
      both([
        `${title}: dữ liệu đô thị qua API NGSI-LD. Câu trả lời phụ thuộc vào người hỏi: dữ liệu cá nhân được che hoặc ẩn theo quy tắc.`,
        `${title}: urban data by the NGSI-LD API. Answers depend on who asks: personal data are masked or absent by rule.`,
      ]),
    ),
    element(
      'ul',
      { class: 'terms' },
      SECTIONS.map(([name, words, lead]) =>
        element(
          'li',
          {},
          element('h2', {}, element('a', { href: `/docs/${name}` }, both(words))),
          element('p', {}, both(lead)),
        ),
      ),
    ),
    element('h2', {}, both(['Truy vấn đầu tiên', 'A first query'])),
    element('p', {}, both(accessOf(issuer))),
    element('div', { class: 'code' }, pre, copyButton(pre)),
    element(
      'p',
      {},
      element(
        'a',
        { href: '/docs/guide/query-the-province' },
        both(['Truy vấn dữ liệu toàn tỉnh', 'Query the province']),
      ),
      ' · ',
      element('a', { href: '/docs/guide/tokens' }, both(['Mã truy cập', 'Tokens'])),
      ' · ',
      element(
        'a',
        { href: '/docs/guide/subscribe' },
        both(['Đăng ký nhận thay đổi', 'Subscribe to changes']),
      ),
    ),
  ]
}

function accessOf(issuer) {
  if (issuer === undefined)
    return [
      'Trung tâm này không kiểm soát truy cập, nên không cần mã.',
      'This hub has no access control, so no token is needed.',
    ]
  return session()
    ? [
        'Bạn đã đăng nhập: phần tra cứu API gửi mã của bạn kèm theo.',
        'You are logged in: the API reference sends your token along.',
      ]
    : [
        'Cần mã truy cập (access token) của nơi đăng nhập; trong cổng này thì chỉ cần đăng nhập.',
        'It takes an access token of the place to log in; within this portal it is enough to log in.',
      ]
}
