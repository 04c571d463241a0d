import type { HttpScript } from './http-simulator.ts'

/** How the system behind a feed speaks, and what of its samples it says. */
export interface AgencySource {
  readonly speaks: 'directory' | 'ftp' | 'sftp' | 'http' | 'mqtt' | 'webhook' | 'sql' | 'ngsi'
  readonly http?: HttpScript
  /** Of MQTT: where a message is published, by its text. */
  readonly topic?: (text: string) => string
  /** Of a database: the columns of its table. */
  readonly columns?: readonly string[]
  /** Each item of a list is a message of its own. */
  readonly splits?: true
  /** Samples that are said again and again, as times goes on; absent: all are said once. */
  readonly again?: RegExp
  /** What it says is so old; `fixed`: it says what was at the time of the samples. */
  readonly age?: 'a day' | 'fixed'
  /** Numbers that move: what stands before one, and the number. */
  readonly varies?: RegExp
  /** A name of the source, which a change there would make another. */
  readonly drifts: string
}

const memberOf =
  (name: string) =>
  (text: string): string =>
    new RegExp(`"${name}"\\s*:\\s*"([^"]+)"`).exec(text)?.[1] ?? 'unknown'

/** Uplinks, joins and states of ChirpStack v4, or of The Things Stack v3. */
function topicOfNetwork(text: string): string {
  if (text.includes('"end_device_ids"')) {
    const kind = text.includes('"join_accept"') ? 'join' : 'up'
    return `v3/${memberOf('application_id')(text)}@ttn/devices/${memberOf('device_id')(text)}/${kind}`
  }
  const kind = text.includes('"margin"') ? 'status' : 'up'
  return `application/${memberOf('applicationId')(text)}/device/${memberOf('devEui')(text)}/event/${kind}`
}

const NUMBER = String.raw`(-?\d+(?:\.\d+)?)`
/** Members of JSON, also of JSON in a text, by their names. */
const members = (...names: readonly string[]): RegExp =>
  new RegExp(String.raw`(\\?"(?:${names.join('|')})\\?"\s*:\s*)${NUMBER}`, 'g')

/** The systems behind the feeds of this project, by feed. */
export const AGENCY_SOURCES: Readonly<Record<string, AgencySource>> = {
  'air-quality-csv': {
    speaks: 'directory',
    again: /csv$/,
    varies: /(,)(\d+\.\d)(?=[,\n])/g,
    drifts: 'timestamp',
  },
  'building-permits': { speaks: 'directory', age: 'fixed', drifts: 'maHoSo' },
  'camera-events': {
    speaks: 'mqtt',
    topic: (text) => `cameras/${memberOf('VideoSourceToken')(text)}/events`,
    splits: true,
    again: /#[0-3]$/,
    drifts: 'UtcTime',
  },
  'cap-alerts': { speaks: 'http', http: { path: '/cap.xml' }, drifts: 'identifier' },
  'citizen-feedback': { speaks: 'directory', drifts: 'thoiGian' },
  'electricity-load': {
    speaks: 'sftp',
    again: /csv$/,
    varies: /((?<=\d\d:\d\d);|(?<=[\d.,]);)(\d+[.,]\d)(?=;)/g,
    drifts: 'MA_DIEMDO',
  },
  'electricity-load-days': { speaks: 'directory', age: 'a day', drifts: 'Mã điểm đo' },
  'environment-stations': {
    speaks: 'ftp',
    again: /(?:TPTN1|PYEN1|SCONG1_NUOTHA).*0930|CAU1.*0830/,
    varies: /((?:PM2,5|PM10|NO2|SO2|CO|O3|COD|NH4|TSS)[ \t])(\d+(?:[.,]\d+)?)/g,
    drifts: 'PM10',
  },
  'ev-charging': {
    speaks: 'http',
    http: { path: '/cpo/2.2.1/locations', pages: 'link', asks: 'key' },
    again: /locations(?:-1)?\.json$/,
    drifts: 'evses',
  },
  gtfs: { speaks: 'http', http: { path: '/gtfs.zip' }, age: 'fixed', drifts: 'stop_id' },
  'gtfs-realtime': {
    speaks: 'http',
    http: { path: '/realtime.pb' },
    again: /(?:vehicle-positions|trip-updates)\.pb$/,
    drifts: '',
  },
  // a file says of which week it is, and how many visits it has
  'health-indicators': { speaks: 'directory', age: 'fixed', drifts: 'MA_BENH_CHINH' },
  lorawan: {
    speaks: 'mqtt',
    topic: topicOfNetwork,
    splits: true,
    again: /up\.json(?:#[023])?$/,
    varies: members('level_cm', 'distance_mm', 'rssi'),
    drifts: 'deviceInfo',
  },
  'ngsi-v2': {
    speaks: 'ngsi',
    again: /1-notification|key-values|bai-xe/,
    varies: members('temperature', 'value'),
    drifts: 'type',
  },
  open311: {
    speaks: 'http',
    http: { path: '/requests.json', pages: 'number' },
    drifts: 'service_request_id',
  },
  parking: {
    speaks: 'sql',
    columns: ['lot', 'total', 'free', 'ts'],
    again: /json$/,
    varies: members('free'),
    drifts: 'free',
  },
  'planning-gis': { speaks: 'directory', age: 'fixed', drifts: 'SO_THUA' },
  'plate-readings': { speaks: 'webhook', again: /su-kien/, drifts: 'dateTime' },
  'rain-gauges': {
    speaks: 'http',
    http: { path: '/current.json' },
    again: /current\.json$/,
    varies: members('sumDepth'),
    drifts: 'sumDepth',
  },
  'river-levels': { speaks: 'directory', again: /muc-nuoc/, drifts: 'station' },
  'sensor-things': {
    speaks: 'http',
    http: { path: '/FROST-Server/v1.1', pages: 'member', asks: 'token' },
    again: /1-expanded|page\.json$/,
    varies: members('result'),
    drifts: 'phenomenonTime',
  },
  'smart-data-models': { speaks: 'directory', drifts: 'relativeHumidity' },
  'socio-economic-reports': { speaks: 'directory', drifts: 'Mã chỉ tiêu' },
  'street-lighting': {
    speaks: 'mqtt',
    topic: (text) => `chieu-sang/${memberOf('cabinet')(text)}/trang-thai`,
    splits: true,
    again: /cabinet\.json(?:#0)?$/,
    varies: members('kWh', 'hz', 'power'),
    drifts: 'cabinet',
  },
  'street-lighting-talq': {
    speaks: 'http',
    http: { path: '/talq' },
    again: /devices\.json$/,
    varies: members('value'),
    drifts: 'functions',
  },
  'traffic-counts': {
    speaks: 'webhook',
    splits: true,
    again: /dem-xe\.json#[0-2]$/,
    varies: members('car', 'motorbike', 'truck', 'bus', 'avgSpeed'),
    drifts: 'cam',
  },
  'traffic-violations': { speaks: 'directory', age: 'a day', drifts: 'viPham' },
  'waste-containers': {
    speaks: 'mqtt',
    topic: (text) => `rac-thai/${memberOf('bin')(text)}/trang-thai`,
    splits: true,
    again: /trang-thai\.json/,
    varies: members('fill', 'temp'),
    drifts: 'fill',
  },
  'water-meters': { speaks: 'directory', drifts: 'dongho' },
  'water-scada': {
    speaks: 'http',
    http: { path: '/scada' },
    again: /current\.json$/,
    varies: members('Val'),
    drifts: 'CnlNum',
  },
  'water-telemetry': {
    speaks: 'mqtt',
    topic: () => 'telemetry',
    again: /telemetry\.json$/,
    varies: members('value'),
    drifts: 'tag',
  },
  weighbridge: { speaks: 'directory', again: /tsv$/, drifts: 'So phieu' },
}
