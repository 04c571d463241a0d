import { Client } from 'undici'
import type { HistoryBench } from './history.ts'
import type { Figure } from './notifications.ts'
import { startHub } from './servers.ts'

const START = Date.UTC(2020, 0, 1)
const MINUTE = 60_000
const STATIONS = 100
/** As the command `hub import` sends them. */
const IN_ONE_REQUEST = 50_000
const TYPE = 'AirQualityObserved'

/** A form of a line, and what a file of it begins with. */
interface Form {
  readonly name: string
  readonly type: string
  readonly header: string
  readonly line: (id: string, time: string, value: number) => string
  readonly aim: string
}

const FORMS: readonly Form[] = [
  {
    name: 'csv',
    type: 'text/csv',
    header: 'id,type,observedAt,pm25\n',
    line: (id, time, value) => `${id},${TYPE},${time},${value}\n`,
    aim: '>= 50000',
  },
  {
    name: 'ndjson',
    type: 'application/x-ndjson',
    header: '',
    line: (id, time, value) => `{"id":"${id}","type":"${TYPE}","observedAt":"${time}","pm25":${value}}\n`,
    aim: '',
  },
]

/** Imports files of one number a line, in the order of time, into a hub that may use every core, as this process does. */
export async function importing({ folder, started, instances }: HistoryBench): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const { name, type, header, line, aim } of FORMS) {
    const bodies = bodiesOf(instances, header, line)
    const hub = await started(startHub(folder, { name: `import-${name}`, everyCore: true }))
    const client = new Client(hub.url)
    const rates: number[] = []
    for (const again of [false, true]) {
      const began = performance.now()
      let kept = 0
      for (const body of bodies) {
        const answer = await client.request({
          method: 'POST',
          path: '/hub/v1/history',
          headers: { 'content-type': type },
          body,
        })
        const { instances: all, unchanged } = (await answer.body.json()) as Record<string, number> // as the API says
        kept += (all ?? 0) - (again ? 0 : (unchanged ?? 0))
      }
      if (kept !== instances) throw new Error(`Import kept ${kept} of ${instances} instances`)
      rates.push((1000 * instances) / (performance.now() - began))
    }
    await client.close()
    await hub.stop()
    const [first = 0, second = 0] = rates
    figures.push({
      name: `history.import.${name}`,
      value: first,
      aim,
      text: `instances a second of ${STATIONS} stations in turn, one number a line, ${IN_ONE_REQUEST} lines a request; ${Math.round(second)} when all are there already`,
    })
  }
  return figures
}

function bodiesOf(instances: number, header: string, line: Form['line']): readonly Buffer[] {
  const bodies: Buffer[] = []
  for (let first = 0; first < instances; first += IN_ONE_REQUEST) {
    const length = Math.min(IN_ONE_REQUEST, instances - first)
    const lines = Array.from({ length }, (_, place) => {
      const at = first + place
      const time = new Date(START + Math.floor(at / STATIONS) * MINUTE).toISOString()
      return line(`urn:ngsi-ld:${TYPE}:import:${at % STATIONS}`, time, 5 + ((at * 37) % 900) / 10)
    })
    bodies.push(Buffer.from(header + lines.join('')))
  }
  return bodies
}
