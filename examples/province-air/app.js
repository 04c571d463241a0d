// Built step by step in docs/guide/first-app.md; a test compares the two.
import { CodeLogin, createClient, HubProblem } from './client.js'

const { province, cities, clientId } = await (await fetch('hubs.json')).json()
const login = new CodeLogin({
  issuer: `${province}/oidc`,
  clientId,
  redirectUri: `${location.origin}/`,
})
const hub = createClient({ url: province, token: login.token })

document.documentElement.lang = localStorage.getItem('language') ?? 'vi'
const isVietnamese = document.documentElement.lang === 'vi'
const say = (vietnamese, english) => (isVietnamese ? vietnamese : english)
const place = (id) => document.getElementById(id)
if (!isVietnamese) for (const one of document.querySelectorAll('[data-en]')) one.textContent = one.dataset.en
document.title = say('Không khí Thái Nguyên', 'Air of Thái Nguyên')

/** Makes an element with attributes and what is in it. */
function element(name, attributes = {}, ...content) {
  const drawn = ['circle', 'polyline', 'text', 'title'].includes(name)
  const made = drawn
    ? document.createElementNS('http://www.w3.org/2000/svg', name)
    : document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...content)
  return made
}

const numbers = new Intl.NumberFormat(isVietnamese ? 'vi' : 'en', { maximumFractionDigits: 1 })
const times = new Intl.DateTimeFormat(isVietnamese ? 'vi' : 'en', {
  dateStyle: 'short',
  timeStyle: 'short',
  timeZone: 'Asia/Ho_Chi_Minh',
})

async function logIn() {
  await login.complete(location.href)
  history.replaceState(null, '', '/')
  if (login.isLoggedIn) {
    const { data } = await hub.api.GET('/hub/v1/access')
    place('who').textContent = `${data.claims.name} (${data.claims.roles.join(', ')})`
  } else place('who').textContent = say('Đăng nhập để xem dữ liệu.', 'Log in to see data.')
  place('login').textContent = login.isLoggedIn ? say('Đăng xuất', 'Log out') : say('Đăng nhập', 'Log in')
  place('login').onclick = async () => {
    location.assign(
      await (login.isLoggedIn ? login.end() : login.begin('', { ui_locales: document.documentElement.lang })),
    )
  }
}

const LEVELS = {
  good: ['Tốt', 'Good'],
  moderate: ['Trung bình', 'Moderate'],
  poor: ['Kém', 'Poor'],
  bad: ['Xấu', 'Bad'],
  veryBad: ['Rất xấu', 'Very bad'],
  hazardous: ['Nguy hại', 'Hazardous'],
}

async function readStations() {
  const measured = hub.entities.query('AirQualityObserved', {
    format: 'concise',
    pick: ['id', 'name', 'stationCode', 'pm25', 'location'],
    q: (attribute) => attribute('pm25').exists(),
  })
  const indices = hub.entities.query('AirQualityIndicator', {
    format: 'concise',
    idPattern: '.*:vn-aqi-hour:.*',
  })
  const indexOf = new Map((await indices.all()).map((one) => [one.derivedFrom.object, one.airQualityIndex]))
  return (await measured.all()).map((station) => ({ ...station, index: indexOf.get(station.id) }))
}

function showStations(stations) {
  place('stations').replaceChildren(
    ...stations.map(({ name, stationCode, pm25, index }) =>
      element(
        'li',
        { class: index?.airQualityLevel ?? '' },
        element('strong', {}, name ?? stationCode ?? ''),
        element(
          'p',
          {},
          `PM2.5 ${numbers.format(pm25.value)} µg/m³ · ${times.format(new Date(pm25.observedAt))}`,
        ),
        element(
          'p',
          {},
          index
            ? `VN_AQI ${index.value} · ${say(...LEVELS[index.airQualityLevel])}`
            : say('Chưa có VN_AQI', 'No VN_AQI yet'),
        ),
      ),
    ),
  )
}

function showMap(stations) {
  const points = stations.filter(({ location }) => location?.type === 'Point')
  const [west, south] = [0, 1].map((axis) =>
    Math.min(...points.map(({ location }) => location.coordinates[axis])),
  )
  const [east, north] = [0, 1].map((axis) =>
    Math.max(...points.map(({ location }) => location.coordinates[axis])),
  )
  const scale = 240 / Math.max(east - west, north - south, 0.001)
  let free = 0
  place('map').setAttribute('viewBox', '0 0 400 300')
  place('map').replaceChildren(
    ...points
      .sort((left, right) => right.location.coordinates[1] - left.location.coordinates[1])
      .flatMap(({ name, stationCode, location, index }) => {
        const [x, y] = [
          40 + (location.coordinates[0] - west) * scale,
          270 - (location.coordinates[1] - south) * scale,
        ]
        free = Math.max(y + 4, free + 14)
        return [
          element('circle', { cx: x, cy: y, r: 8, class: index?.airQualityLevel ?? '' }),
          element('text', { x: x + 12, y: free }, name ?? stationCode ?? ''),
        ]
      }),
  )
}

const STATUSES = {
  received: ['Đã tiếp nhận', 'Received'],
  inProgress: ['Đang xử lý', 'In progress'],
  resolved: ['Đã xử lý', 'Resolved'],
  rejected: ['Từ chối', 'Rejected'],
}

async function showFeedback() {
  const { data } = await hub.api.GET('/hub/v1/access', { params: { query: { type: 'ServiceRequest' } } })
  const shown = new Map(data.types[0].attributes.map((one) => [one.attribute, one.shown]))
  const cell = (attribute, value) => {
    if (value === undefined && shown.get(attribute) === 'clear') return element('td', {}, '–')
    if (value === undefined)
      return element('td', { class: 'masked' }, say('ẩn theo chính sách', 'hidden by policy'))
    if (shown.get(attribute) !== 'masked') return element('td', {}, String(value))
    return element('td', { class: 'masked' }, say('che: ', 'masked: '), String(value))
  }
  const requests = await hub.entities.query('ServiceRequest', { format: 'simplified' }).all()
  place('feedback').replaceChildren(
    ...requests.map((one) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, one.requestCode ?? one.id.split(':').at(-1)),
        cell('category', one.category),
        cell('status', one.status && say(...(STATUSES[one.status] ?? [one.status, one.status]))),
        cell('description', one.description),
        cell('reporterName', one.reporterName),
      ),
    ),
  )
}

async function followAlerts(city, url) {
  const changes = createClient({ url, token: login.token }).changes.follow('Alert', { format: 'simplified' })
  for await (const { action, entity } of changes) {
    if (action === 'deleted' || !entity) continue
    place('quiet').hidden = true
    const text = `${city}: ${entity.name ?? entity.description ?? entity.id}`
    place('alerts').prepend(element('li', {}, element('time', {}, times.format(new Date())), ` ${text}`))
  }
}

async function showTrend({ id, name, stationCode, pm25 }) {
  const to = new Date(Date.parse(pm25.observedAt) + 1)
  const from = new Date(to.getTime() - 24 * 3_600_000)
  const past = await hub.temporal
    .query('AirQualityObserved', { id, from, to, format: 'temporalValues', pick: ['id', 'pm25'] })
    .all()
  const values = past
    .flatMap((part) => part.pm25?.values ?? [])
    .map(([value, at]) => [value, Date.parse(at)])
    .sort((left, right) => left[1] - right[1])
  const most = Math.max(50, ...values.map(([value]) => value))
  const x = (at) => 40 + ((at - from.getTime()) / (to.getTime() - from.getTime())) * 740
  const y = (value) => 180 - (value / most) * 160
  place('trend').setAttribute('viewBox', '0 0 800 200')
  place('trend').replaceChildren(
    element('polyline', { points: values.map(([value, at]) => `${x(at)},${y(value)}`).join(' ') }),
    ...values.map(([value, at]) => element('circle', { cx: x(at), cy: y(value), r: 3 })),
    element('text', { x: 4, y: y(most) + 4 }, numbers.format(most)),
    element('text', { x: 4, y: y(0) + 4 }, '0'),
  )
  const all = values.map(([value, at]) => `${times.format(new Date(at))}: ${numbers.format(value)}`)
  place('trend-text').textContent = `${name ?? stationCode}, µg/m³. ${all.join('; ')}.`
}

place('language').textContent = isVietnamese ? 'English' : 'Tiếng Việt'
place('language').lang = isVietnamese ? 'en' : 'vi'
place('language').onclick = () => {
  localStorage.setItem('language', isVietnamese ? 'en' : 'vi')
  location.reload()
}

function tell(problem) {
  place('problem').hidden = false
  place('problem').textContent = HubProblem.is(problem) ? (problem.detail ?? problem.title) : problem.message
}

async function start() {
  await logIn()
  if (!login.isLoggedIn) return
  for (const [city, url] of Object.entries(cities)) followAlerts(city, url).catch(tell)
  const stations = await readStations()
  showStations(stations)
  showMap(stations)
  place('station').replaceChildren(
    ...stations.map(({ name, stationCode }, at) =>
      element('option', { value: at }, name ?? stationCode ?? ''),
    ),
  )
  place('station').onchange = () => showTrend(stations[place('station').value]).catch(tell)
  await Promise.all([showFeedback(), stations[0] && showTrend(stations[0])])
}

start().catch(tell)
