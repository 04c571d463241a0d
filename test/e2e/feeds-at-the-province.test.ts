import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import type { EntityDocument } from '../../adapters/kit/values/entity-document.ts'
import { type Message, WAY_FAULTS, type WayFault } from '../../adapters/simulators/simulator.ts'
import { CONTENT_FAULTS, type ContentFault, halfOf, spoil } from '../../adapters/simulators/spoil.ts'
import type { Agency } from '../../adapters/simulators/start-agency.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { readOntology } from '../../ontology/ontology.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { logLines } from '../support/hub.ts'
import { type HubProcess, startHubProcess } from '../support/hub-process.ts'
import { recordedInstances } from '../support/recorded-instances.ts'
import { until } from '../support/until.ts'
import { addMeaning, addReasons, type Meant, nothingMeant, observedKey, valueText } from './meant-by.ts'
import { CITIES, type City, type SimulatedProvince, startSimulatedProvince } from './simulated-province.ts'

/** Where faults are tried: the city that has every feed. */
const CITY: City = 'thai-nguyen'
const MINUTE_MS = 60_000

/** Which faults of the way a feed tells of; of the others nothing is to be seen but that what comes is late. */
const TELLS: Readonly<Record<string, readonly WayFault[]>> = {
  directory: ['down'],
  ftp: WAY_FAULTS,
  sftp: WAY_FAULTS,
  http: WAY_FAULTS,
  mqtt: WAY_FAULTS,
  webhook: [],
  sql: ['down', 'slow'],
  ngsi: WAY_FAULTS,
}

/** Faults of what is given that leave nothing in quarantine, by feed, and why. */
const LEAVES_NOTHING: Readonly<Record<ContentFault, Readonly<Record<string, string>>>> = {
  duplicate: { '*': 'the same again is no fault of a record' },
  reorder: { '*': 'what comes late goes into the history' },
  cut: { parking: 'rows of a database are whole', 'planning-gis': 'a sample is cut already' },
  encoding: { parking: 'rows of a database are texts' },
  skew: {
    gtfs: 'a timetable is of no time',
    'planning-gis': 'a map is of no time',
    'health-indicators': 'a week has no clock',
    'rain-gauges': 'values are of the time when they came',
    'socio-economic-reports': 'a quarter has no clock',
    'water-scada': 'values are of the time when they came',
  },
  drift: { 'smart-data-models': 'what the ontology has no name for is kept as it is' },
}

/** What is told of a record in quarantine. */
interface SetAside {
  readonly reason: string
  readonly detail: string
}

const VOCABULARY = readOntology(packageRoot).vocabulary
/** Texts that are shown without what identifies somebody in them. */
const SCANNED = new Set(['description', 'statusNotes'])

/** Attributes of an entity that are personal data of its type. */
function personalIn(entity: EntityDocument): readonly string[] {
  const uses = VOCABULARY.types.find(({ name }) => name === entity.type)?.attributes ?? []
  return uses
    .filter(({ name, personalData }) => personalData !== 'none' && entity[name] !== undefined)
    .map(({ name }) => name)
}

const FEEDS = join(packageRoot, 'adapters/feeds')
const expectedOf = (feed: string, city: string): { readonly entities: readonly EntityDocument[] } =>
  JSON.parse(readFileSync(join(FEEDS, feed, 'expected', `${city}.json`), 'utf8'))

describe('e2e: every feed from its real transport to the province', function () {
  this.timeout(300_000)
  const types = new Set(
    readdirSync(FEEDS).flatMap((feed) =>
      CITIES.flatMap((city) => {
        try {
          return expectedOf(feed, city).entities.flatMap(({ type }) => type)
        } catch {
          return [] // no samples of that city
        }
      }),
    ),
  )
  const meant = new Map<Agency, Meant>()
  let all: SimulatedProvince
  let own: readonly Agency[]
  let hubToKill: HubProcess
  let atKill: number

  before(async () => {
    all = await startSimulatedProvince([...types])
    own = all.agencies.filter(({ city }) => city === CITY)
    for (const agency of all.agencies) {
      const known = nothingMeant()
      meant.set(agency, known)
      for (const messages of agency.samples(0)) await addMeaning(known, agency, messages)
    }
    await all.startCity('song-cong')
    await all.startCity('pho-yen')
    hubToKill = await startHubToKill()
    await giveSamples()
    await until('a part of it', async () => (await entitiesNow()) > idsOf(own).length / 3)
    atKill = await entitiesNow()
    await hubToKill.kill()
    await all.startCity(CITY)
    await settle('the samples', all.agencies)
  })
  after(async () => {
    await hubToKill?.kill()
    await all?.stop()
  })

  /** Starts the hub of the city in a process of its own, with all its feeds. */
  async function startHubToKill(): Promise<HubProcess> {
    const { port, data, feeds } = all.settings(CITY)
    const config = `${data}.json`
    mkdirSync(data, { recursive: true })
    writeFileSync(config, JSON.stringify({ name: CITY, city: CITY, context: { default: 'ontology' }, feeds }))
    const hub = await startHubProcess({ data, port, config })
    hubToKill = hub
    await until('its feeds', async () => {
      const { body } = await hub.send('GET', '/hub/v1/feeds?limit=100')
      return (body as readonly unknown[]).length === feeds.length
    })
    return hub
  }

  async function entitiesNow(): Promise<number> {
    const path = `/ngsi-ld/v1/entities?type=${[...types].join(',')}&limit=1000&pick=id`
    return ((await hubToKill.send('GET', path)).body as readonly unknown[]).length
  }

  async function giveSamples(): Promise<void> {
    for (const agency of all.agencies) {
      for (const messages of agency.samples(0)) await agency.simulator.give(messages)
    }
  }

  const idsOf = (agencies: readonly Agency[]): readonly string[] => [
    ...new Set(agencies.flatMap((agency) => [...meaningOf(agency).ids])),
  ]

  const meaningOf = (agency: Agency): Meant => meant.get(agency) ?? nothingMeant()

  /** What the hub of a city has of a feed's entities: each observed instance. */
  async function recorded(
    agency: Agency,
  ): Promise<readonly { readonly key: string; readonly value: string }[]> {
    const { store } = all.city(agency.city).running
    const lists = await Promise.all(
      [...meaningOf(agency).ids].map(async (id) => {
        const instances = await recordedInstances(store, DEFAULT_TENANT, id, { limit: 10_000 })
        return instances
          .filter(({ observedAt }) => observedAt !== undefined)
          .map((instance) => ({
            key: observedKey(id, instance),
            value: valueText((JSON.parse(instance.text ?? '{}') as { readonly value?: unknown }).value),
          }))
      }),
    )
    return lists.flat()
  }

  async function missing(agency: Agency): Promise<readonly string[]> {
    const there = new Set((await recorded(agency)).map(({ key }) => key))
    return [...meaningOf(agency).observed.keys()].filter((key) => !there.has(key))
  }

  async function reasonsOf({ feed, city }: Agency): Promise<ReadonlySet<string>> {
    const url = `${all.city(city).url}/hub/v1/quarantine?feed=${feed}&limit=1000`
    const answer = await fetch(url, { headers: all.as('dpo') })
    const { records } = (await answer.json()) as { readonly records: readonly SetAside[] } // as documented
    const reasons = new Set<string>()
    for (const { reason, detail } of records) addReasons(reasons, reason, detail)
    return reasons
  }

  /** All that a feed's messages mean is in the hub, and what cannot be is in quarantine. */
  async function isThere(agency: Agency): Promise<boolean> {
    if ((await missing(agency)).length > 0) return false
    const reasons = await reasonsOf(agency)
    if (![...meaningOf(agency).reasons].every((reason) => reasons.has(reason))) return false
    const { store } = all.city(agency.city).running
    for (const id of meaningOf(agency).ids) if (!(await store.read(DEFAULT_TENANT, id))) return false
    return true
  }

  async function nothingElse(agency: Agency, what: string): Promise<void> {
    const { observed, reasons } = meaningOf(agency)
    const there = (await recorded(agency)).filter(({ key }) => observed.has(key))
    const twice = there.map(({ key }) => key).filter((key, at, keys) => keys.indexOf(key) < at)
    expect(twice, `${agency.feed}, ${what}: twice`).to.deep.equal([])
    // some feeds tell of the same thing
    const all = [...meant.values()]
    const others = there.filter(({ key, value }) => !all.some((one) => one.observed.get(key)?.has(value)))
    expect(others, `${agency.feed}, ${what}: other values`).to.deep.equal([])
    expect([...(await reasonsOf(agency))].sort(), `${agency.feed}, ${what}: quarantine`).to.deep.equal(
      [...reasons].sort(),
    )
  }

  async function atProvince(account: 'dpo' | 'analyst'): Promise<readonly EntityDocument[]> {
    const path = `/ngsi-ld/v1/entities?type=${[...types].join(',')}&limit=1000`
    const { status, body, headers } = await all.province.send(path, { headers: all.as(account) })
    expect([status, headers['ngsild-warning']]).to.deep.equal([200, undefined])
    return body
  }

  it('goes on where the process of the feeds was killed, whatever their transports', () => {
    expect(atKill).to.be.within(1, idsOf(own).length - 1)
    expect(new Set(own.map(({ source }) => source.speaks))).to.include.all.keys(Object.keys(TELLS))
  })

  it('has every entity of every feed once, as the officer sees it', async () => {
    const entities = await atProvince('dpo')
    const wanted = all.agencies.flatMap(({ feed, city }) =>
      expectedOf(feed, city).entities.map(({ id }) => id),
    )
    const ids = entities.map(({ id }) => id)
    expect(ids.filter((id) => !wanted.includes(id))).to.deep.equal([])
    expect(wanted.filter((id) => !ids.includes(id))).to.deep.equal([])
    expect(ids).to.have.length(new Set(ids).size)
    for (const agency of all.agencies) await nothingElse(agency, 'samples')
  })

  it('shows a masked reader nothing of persons that the officer sees', async () => {
    const masked = new Map((await atProvince('analyst')).map((entity) => [entity.id, entity]))
    const [shown, hidden]: [string[], Set<string>] = [[], new Set()]
    for (const entity of await atProvince('dpo')) {
      for (const name of personalIn(entity)) {
        hidden.add(`${entity.type} ${name}`)
        const [clear, other] = [entity[name], masked.get(entity.id)?.[name]].map((value) =>
          JSON.stringify(value),
        )
        if (clear === other && !SCANNED.has(name)) shown.push(`${entity.id} ${name}`)
      }
      expect(masked.get(entity.id), entity.id).to.include({ id: entity.id })
    }
    expect(shown).to.deep.equal([])
    expect([...hidden].sort()).to.include.members([
      'AnprFlowObserved plateHash',
      'ConstructionPermit permitHolder',
      'LandParcel landUserName',
      'ServiceRequest reporterName',
      'ServiceRequest reporterPhone',
      'Vehicle location',
      'WaterConsumptionObserved meterReading',
    ])
    expect(JSON.stringify([...masked.values()])).not.to.match(/Nguyễn Văn An|Trần Thị Bích|0900 ?000 ?00/)
  })

  describe('faults', () => {
    before(async () => {
      // one city is enough
      await all.stopCity('song-cong')
      await all.stopCity('pho-yen')
    })

    for (const fault of WAY_FAULTS) {
      it(`${fault}: nothing is lost and nothing twice`, async () => {
        const byMs = nextMinute()
        const seen = logLines.length
        for (const { simulator } of own) await simulator.breaks(fault)
        for (const agency of own) {
          const messages = agency.again(byMs)
          await addMeaning(meaningOf(agency), agency, messages)
          if (fault === 'half' && agency.source.speaks === 'directory') {
            await addMeaning(
              meaningOf(agency),
              agency,
              messages.map(({ name, bytes }) => ({ name, bytes: halfOf(bytes) })),
            )
          }
          await agency.simulator.give(messages)
        }
        const telling = own
          .filter(({ source }) => TELLS[source.speaks]?.includes(fault))
          .map(({ feed }) => feed)
        await until(`failures: ${fault}`, () => {
          const told = failedSince(seen)
          return telling.every((feed) => told.has(feed))
        })
        for (const { simulator } of own) await simulator.breaks(undefined)
        await settle(fault)
      })
    }

    for (const fault of CONTENT_FAULTS) {
      it(`${fault}: what is right is kept, once, and quarantine says why the rest is not`, async () => {
        const byMs = nextMinute()
        const spoilt = new Map<Agency, readonly Message[]>()
        const silent: string[] = []
        for (const agency of own) {
          const plain = agency.again(byMs)
          const aheadMs = Date.now() - (agency.latest ?? Date.now()) + 2 * 86_400_000
          const messages = spoil(plain, fault, { drifts: agency.source.drifts, aheadMs })
          spoilt.set(agency, messages)
          const [before, after] = [nothingMeant(), nothingMeant()]
          await addMeaning(before, agency, plain)
          await addMeaning(after, agency, messages)
          if (
            after.faults <= before.faults &&
            [...after.reasons].every((reason) => before.reasons.has(reason))
          )
            silent.push(agency.feed)
          await addMeaning(meaningOf(agency), agency, messages)
          await agency.simulator.give(messages)
        }
        const nothing = LEAVES_NOTHING[fault]
        expect(silent.filter((feed) => !('*' in nothing) && !(feed in nothing))).to.deep.equal([])
        await settle(fault)
        if (fault !== 'cut') return
        for (const agency of own) {
          const whole = agency.again(byMs)
          await addMeaning(meaningOf(agency), agency, whole)
          await agency.simulator.give(whole)
        }
        await settle('the rest')
      })
    }
  })

  let minutes = 0
  const nextMinute = (): number => {
    minutes += 5
    return minutes * MINUTE_MS
  }

  function failedSince(at: number): ReadonlySet<string> {
    const events = logLines.slice(at).filter((line) => line.includes('"kind":"failed"'))
    return new Set(events.map((line) => (JSON.parse(line) as { readonly feed: string }).feed))
  }

  async function settle(what: string, agencies: readonly Agency[] = own): Promise<void> {
    const end = Date.now() + 120_000
    let left = agencies
    while (left.length > 0 && Date.now() < end) {
      const is = await Promise.all(left.map(isThere))
      left = left.filter((_, at) => !is[at])
      if (left.length > 0) await pause(300)
    }
    for (const agency of left) {
      const there = await reasonsOf(agency)
      const why = [...meaningOf(agency).reasons].filter((reason) => !there.has(reason))
      expect([...(await missing(agency)), ...why], `${agency.feed}, ${what}: lost`).to.deep.equal([])
    }
    for (const agency of agencies) await nothingElse(agency, what)
  }
})
