import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { request } from 'undici'
import { demoToken } from '../../broker/cli/demo-token.ts'
import { addKeyEpoch } from '../../broker/cli/run/add-key-epoch.ts'
import { type RunningHub, startHub } from '../../broker/main.ts'
import { readConfig } from '../../broker/read-config.ts'
import { freePort, withPorts } from './free-port.ts'
import { checkout } from './guide-page.ts'
import { logLines } from './hub.ts'
import { temporaryFolder } from './stores.ts'
import { until } from './until.ts'

const HUBS = ['province', 'thai-nguyen', 'song-cong', 'pho-yen'] as const
const FIRST_PORT = 1026

/** The four hubs of the demonstration in this process, beside those of whoever works on this machine. */
export interface Demonstration {
  /** Ports of the demonstration, and where they are here. */
  readonly ports: ReadonlyMap<string, string>
  /** Folder with the data of each hub. */
  readonly data: string
  stop(): Promise<void>
}

/** Starts the hubs as their files say, but for their ports, and waits for the data of all cities. */
export async function startDemonstration(): Promise<Demonstration> {
  const folder = temporaryFolder()
  const ports = new Map<string, string>()
  for (const at of HUBS.keys()) ports.set(String(FIRST_PORT + at), String(await freePort()))
  const here = (text: string): string => withPorts(text, ports)
  checkout(folder, { here })
  const keys = join(folder, 'sealing-keys.yaml')
  await addKeyEpoch(keys, { name: 'demo', from: Date.now() })
  const log = pino({ level: 'info' }, { write: (line: string) => void logLines.push(line) })
  const hubs: RunningHub[] = []
  for (const name of HUBS) {
    const file = join(folder, 'config/demo', `${name}.yaml`)
    const data = { flag: 'data', value: join(folder, 'data', name) }
    const config = await readConfig({ file, environment: { HUB_SEALING_KEY_FILE: keys }, flags: { data } })
    hubs.push(await startHub(config, { root: folder, log }))
  }
  const [province = ''] = hubs.map(({ url }) => url)
  await until('data of all cities', async () => {
    const headers = { authorization: `Bearer ${await demoToken('analyst', province)}` }
    const answer = await request(`${province}/ngsi-ld/v1/entities?type=OffStreetParking&limit=100&pick=id`, {
      headers,
    })
    const text = await answer.body.text()
    return HUBS.slice(1).every((name) => text.includes(`OffStreetParking:${name}`))
  })
  return {
    ports,
    data: join(folder, 'data'),
    stop: async () => {
      for (const hub of hubs.reverse()) await hub.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
