/** Values that do not follow from one another, the same in each run. */
function mixed(number: number): number {
  const once = Math.imul(number ^ (number >>> 16), 0x45d9f3b)
  return (once ^ (once >>> 16)) >>> 0
}

/** When the first of all observations was, milliseconds. */
const START = Date.UTC(2025, 0, 1)
const MINUTE = 60_000

const STATIONS = [
  'TPTN1_KHIXQ',
  'TPTN2_KHIXQ',
  'CAU1_NUOCMAT',
  'SCONG1_KHIXQ',
  'SCONG1_NUOTHA',
  'PYEN1_KHIXQ',
  'PYEN1_NUOTHA',
] as const
const AIR = ['PM2,5', 'PM10', 'NO2', 'SO2', 'CO', 'O3', 'NO', 'NH3'].map((name) => [name, 'ug/m3'] as const)
const WATER = ['COD', 'BOD5', 'TSS', 'NH4', 'TN', 'TP', 'TOC', 'CL'].map((name) => [name, 'mg/l'] as const)

/** Makes files of a day of each station of the feed, a line for each of ten parameters every five minutes, until there are so many lines. */
export function stationFiles(lines: number): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const perFile = Math.ceil(lines / STATIONS.length)
  for (const [station, name] of STATIONS.entries()) {
    const parameters = [
      ...(name.endsWith('KHIXQ') ? AIR : WATER),
      ['Temp', 'oC'] as const,
      name.endsWith('KHIXQ') ? (['RH', '%'] as const) : (['pH', '-'] as const),
    ]
    const texts: string[] = []
    for (let at = 0; at < Math.min(perFile, lines - station * perFile); at++) {
      const minutes = 5 * Math.floor(at / parameters.length)
      const [parameter, unit] = parameters[at % parameters.length] ?? ['', '']
      const value = (50 + (mixed(at + 7919 * station) % 80)) / 10
      texts.push(`${parameter}\t${String(value).replace('.', ',')}\t${unit}\t${localDigits(minutes)}\t00\r\n`)
    }
    files.set(`TNG_${name}_20250102000000.txt`, texts.join(''))
  }
  return files
}

/** In local time, as loggers write it. */
function localDigits(minutes: number): string {
  return new Date(START + minutes * MINUTE + 7 * 3_600_000).toISOString().replace(/\D/g, '').slice(0, 14)
}

/** A message of a network server, and its topic. */
export interface Uplink {
  readonly topic: string
  readonly text: string
}

/** Makes uplinks of LoRaWAN sensors as ChirpStack publishes them, device after device, one of each a minute. */
export function uplinks(messages: number, devices: number, prefix: string): readonly Uplink[] {
  return Array.from({ length: messages }, (_, at) => {
    const eui = (0x1000 + (at % devices)).toString(16).padStart(16, '0')
    const chance = mixed(at)
    const message = {
      deduplicationId: `3ac7e3c4-4401-4b8d-9386-${String(at).padStart(12, '0')}`,
      time: new Date(START + Math.floor(at / devices) * MINUTE + (at % devices)).toISOString(),
      deviceInfo: {
        tenantId: '52f14cd4-c6f1-4fbd-8f87-4025e1d49242',
        tenantName: 'IOC',
        applicationId: 'ca739e26-7b67-4f14-b69e-d568c22a5a75',
        applicationName: 'ngap',
        deviceProfileName: 'flood',
        deviceName: `ngap-${at % devices}`,
        devEui: eui,
        tags: { longitude: '105.8251', latitude: '21.5902' },
      },
      devAddr: '00189440',
      adr: true,
      dr: 3,
      fCnt: Math.floor(at / devices),
      fPort: 2,
      confirmed: false,
      data: 'ALkO4A4Q',
      object: {
        level_cm: (chance % 300) / 10,
        distance_mm: 3000 + (chance % 900),
        battery: 3.3 + (chance % 30) / 100,
        temp_mcu: 31.2,
      },
      rxInfo: [
        { gatewayId: '0016c001f1500812', rssi: -97 + (chance % 20), snr: 6.2 },
        { gatewayId: '0016c001f1500813', rssi: -112, snr: -3.5 },
      ],
    }
    return { topic: `${prefix}/application/1/device/${eui}/event/up`, text: JSON.stringify(message) }
  })
}

/** Metering points of a load curve table. */
const POINTS = 1000

/** Names columns of a load curve table that the feed does not take. */
export function untakenColumns(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `GHI_CHU_${at + 1}`)
}

/** The header of a load curve table. */
export function loadCurveHeader(untaken: number): string {
  return ['MA_DIEMDO', 'NGAYGIO', 'P_KW', 'A_KWH', ...untakenColumns(untaken)].join(';')
}

/** Writes a row of a load curve table: 45 bytes, and about 45 for each column that is not taken, as in exports of whole databases. */
export function loadCurveRow(at: number, untaken: number): string {
  const time = new Date(START + Math.floor(at / POINTS) * 30 * MINUTE).toISOString()
  const value = mixed(at) % 100_000
  const notes = Array.from(
    { length: untaken },
    (_, column) => `${value}.${column} Ghi chú của đơn vị quản lý`,
  )
  return [
    `TN-TBA-${String(at % POINTS).padStart(5, '0')}`,
    `${time.slice(0, 10)} ${time.slice(11, 16)}`,
    (value / 100).toFixed(2),
    (value / 200).toFixed(2),
    ...notes,
  ].join(';')
}
