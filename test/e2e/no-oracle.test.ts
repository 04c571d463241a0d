import { expect } from 'chai'
import type { TestAnswer, TestHub, TestRequest } from '../support/hub.ts'
import { property } from './leak-entities.ts'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const ID = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:oracle'
const TWIN = `${ID}-twin`
const PHONE = '0900000417'
const OTHER_PHONE = '0900000529'
/** Some thirty metres apart, in one cell of the grid that analysts see, each farther than 5 m from its middle. */
const PLACE = [105.84814, 21.59414] as const
const OTHER_PLACE = [105.84786, 21.59386] as const

/** A report by somebody with this phone, at this place. */
function report(id: string, phone: string, coordinates: readonly number[]): object {
  return {
    id,
    type: 'ServiceRequest',
    requestCode: property('PA', { reporterPhone: property(phone) }),
    reporterPhone: [property(phone), property(phone, { datasetId: 'urn:dataset:other' })],
    description: property(`Gọi ${phone}`),
    address: property({ phone }),
    location: { type: 'GeoProperty', value: { type: 'Point', coordinates } },
    note: property(`Gọi ${phone}`, { remark: property(`Gọi ${phone}`) }),
    details: property({ a: { b: `Gọi ${phone}` } }),
    names: { type: 'LanguageProperty', languageMap: { vi: `Gọi ${phone}` } },
    listed: { type: 'ListProperty', valueList: [`Gọi ${phone}`] },
    raw: { type: 'JsonProperty', json: { x: `Gọi ${phone}` } },
    follows: { type: 'Relationship', object: id },
  }
}

/** Filters with a guess: what they select must not depend on whether the guess is right. */
const GUESSES: readonly string[] = [
  'q=reporterPhone=="{phone}"',
  'q=reporterPhone!="{phone}"',
  'q=reporterPhone~="{phone}"',
  'q=reporterPhone!~="{phone}"',
  'q=reporterPhone>="{phone}"',
  'q=reporterPhone<="{phone}"',
  'q=reporterPhone=="{phone}".."{phone}"',
  'q=reporterPhone=="{phone}","0912000000"',
  'q=requestCode.reporterPhone=="{phone}"',
  'q=description~="{phone}"',
  'q=address[phone]=="{phone}"',
  'q=note~="{phone}"',
  'q=note=="Gọi {phone}"',
  'q=note.remark~="{phone}"',
  'q=details[a.b]~="{phone}"',
  'q=names[vi]~="{phone}"',
  'q=names~="{phone}"',
  'q=listed=="Gọi {phone}"',
  'q=raw[x]~="{phone}"&jsonKeys=raw',
  'q=(requestCode=="PA";reporterPhone=="{phone}")|reporterPhone=="0912000000"',
  'q=reporterPhone=="{phone}"&attrs=requestCode',
  'q=reporterPhone=="{phone}"&pick=id,reporterPhone',
  'q=reporterPhone=="{phone}"&count=true',
  'q=reporterPhone=="{phone}"&count=true&limit=0',
  'q=reporterPhone=="{phone}"&limit=1',
  'q=reporterPhone=="{phone}"&splitEntities=true&count=true',
  'q=reporterPhone=="{phone}"&local=true',
  'q=reporterPhone=="{phone}"&datasetId=urn:dataset:other',
  `q=reporterPhone=="{phone}"&id=${ID}`,
  'q=reporterPhone=="{phone}"&idPattern=oracle$',
  'q=reporterPhone=="{phone}"&options=sysAttrs&format=concise',
  'q=follows{reporterPhone}=="{phone}"&join=inline',
  'q=follows{ServiceRequest:reporterPhone}~="{phone}"&join=flat',
  'q=follows{address[phone]}=="{phone}"&join=flat&count=true',
  'q=follows{note.remark}~="{phone}"&join=inline&limit=1',
  'q=follows{follows{description}}~="{phone}"&join=inline&joinLevel=2&local=true',
  'q=note~="{phone}"&join=inline&format=simplified',
  'georel=near;maxDistance==5&geometry=Point&coordinates={place}',
  'georel=near;minDistance==5&geometry=Point&coordinates={place}',
  'georel=near;maxDistance==500&geometry=Point&coordinates={place}',
  'georel=within&geometry=Polygon&coordinates={square}',
  'georel=intersects&geometry=Polygon&coordinates={square}&count=true',
  'georel=disjoint&geometry=Polygon&coordinates={square}',
  'georel=equals&geometry=Point&coordinates={place}',
]
/** The same of history: filters, aggregates, order and counts see what the caller sees of each instance. */
const PAST = '/ngsi-ld/v1/temporal/entities'
const SINCE = 'timerel=after&timeAt=2020-01-01T00:00:00Z&timeproperty=modifiedAt'
const PAST_GUESSES: readonly string[] = [
  ...GUESSES.filter((guess) => !/join=|format=|sysAttrs/.test(guess)),
  'q=reporterPhone=="{phone}"&format=temporalValues',
  'q=reporterPhone=="{phone}"&format=aggregatedValues&aggrMethods=totalCount,distinctCount',
  'q=reporterPhone~="{phone}"&lastN=1&orderBy=id;desc',
  'q=description~="{phone}"&format=aggregatedValues&aggrMethods=min,max&attrs=requestCode',
]

/** These tell nobody anything: the guess is wide enough for both. */
const BLIND = new Set(GUESSES.filter((guess) => guess.includes('500') || guess.includes('minDistance')))

interface Guess {
  readonly phone: string
  readonly place: readonly [number, number]
}
const RIGHT: Guess = { phone: PHONE, place: PLACE }
const WRONG: Guess = { phone: '0900000638', place: [105.84786, 21.59414] }

function filled(template: string, { phone, place: [x, y] }: Guess): string {
  const d = 0.00002
  const square = [
    [x - d, y - d],
    [x + d, y - d],
    [x + d, y + d],
    [x - d, y + d],
    [x - d, y - d],
  ].map((position) => position.map((number) => Number(number.toFixed(6))))
  const parameters = template
    .replaceAll('{phone}', phone)
    .replaceAll('{place}', JSON.stringify([x, y]))
    .replaceAll('{square}', JSON.stringify([square]))
  const pairs = parameters.split('&').map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return `${name}=${encodeURIComponent(value.join('='))}`
  })
  return `type=ServiceRequest&${pairs.join('&')}`
}

/** What an answer tells, without the request's own words and numbers of the request. */
function told({ status, headers, text }: TestAnswer): string {
  const { date: _, 'x-request-id': __, link, 'keep-alive': ___, ...rest } = headers
  const next = [link].flat().join(', ').includes('rel="next"')
  return JSON.stringify([
    status,
    rest,
    next,
    text.replaceAll(/urn:urban-data-hub:request:[\w-]+/g, 'request'),
  ])
}

describe('e2e: no answer tells whether a guess is right', () => {
  let hubs: SecuredHubs
  before(async () => {
    hubs = await startSecuredHubs()
    const body = [report(ID, PHONE, PLACE), report(TWIN, OTHER_PHONE, OTHER_PLACE)]
    await hubs.load(body)
  })
  after(() => hubs.stop())

  async function pair(hub: TestHub, asker: Asker, template: string): Promise<readonly [string, string]> {
    const ask = async (guess: Guess) =>
      told(await hubs.send(hub, asker, `${ENTITIES}?${filled(template, guess)}`))
    return [await ask(RIGHT), await ask(WRONG)]
  }

  for (const place of ['city', 'province'] as const) {
    it(`would tell the data-protection officer at the ${place}, who sees the values`, async () => {
      const same: string[] = []
      // what the province is asked for lies at the city, and so does what that links to
      const elsewhere = place === 'city' ? /local=true/ : /local=true|\{.*join=/
      for (const template of GUESSES.filter((each) => !BLIND.has(each) && !elsewhere.test(each))) {
        const [right, wrong] = await pair(hubs[place], 'dpo', template)
        if (right === wrong) same.push(template)
      }
      // both values lie on the same side of these two guesses
      expect(same.filter((each) => !/[<>]=/.test(each))).to.deep.equal([])
    })

    if (place === 'city')
      it('would tell the data-protection officer by a filter on history', async () => {
        const same: string[] = []
        for (const template of PAST_GUESSES.filter((each) => !BLIND.has(each))) {
          const ask = async (guess: Guess) =>
            told(await hubs.send(hubs.city, 'dpo', `${PAST}?${SINCE}&${filled(template, guess)}`))
          if ((await ask(RIGHT)) === (await ask(WRONG))) same.push(template)
        }
        expect(same.filter((each) => !/[<>]=/.test(each))).to.deep.equal([])
      })

    for (const asker of ['analyst', 'public', 'operator.thai-nguyen', 'operator.song-cong'] as const) {
      it(`tells ${asker} at the ${place} nothing by a filter`, async () => {
        const telling: string[] = []
        for (const template of GUESSES) {
          const [right, wrong] = await pair(hubs[place], asker, template)
          if (right !== wrong) telling.push(template)
        }
        expect(telling).to.deep.equal([])
      })

      it(`tells ${asker} at the ${place} nothing by a filter on history`, async () => {
        const telling: string[] = []
        for (const template of PAST_GUESSES) {
          const ask = async (guess: Guess) =>
            told(await hubs.send(hubs[place], asker, `${PAST}?${SINCE}&${filled(template, guess)}`))
          if ((await ask(RIGHT)) !== (await ask(WRONG))) telling.push(template)
        }
        expect(telling).to.deep.equal([])
      })

      it(`tells ${asker} at the ${place} nothing by a query in a body`, async () => {
        const ask = async ({ phone, place: [x, y] }: Guess, members: object): Promise<string> => {
          const request: TestRequest = {
            method: 'POST',
            body: { type: 'Query', entities: [{ type: 'ServiceRequest' }], ...members },
          }
          const path = '/ngsi-ld/v1/entityOperations/query?count=true'
          const geoQ = { georel: 'near;maxDistance==5', geometry: 'Point', coordinates: [x, y] }
          const body = {
            ...(request.body as object),
            ...('geoQ' in members ? { geoQ } : { q: `note~="${phone}"` }),
          }
          return told(await hubs.send(hubs[place], asker, path, { ...request, body }))
        }
        for (const members of [{}, { geoQ: {} }]) {
          expect(await ask(RIGHT, members)).to.equal(await ask(WRONG, members))
        }
      })
    }
  }

  it('orders by what is seen: where two entities look alike, their order tells nothing', async () => {
    const order = async (asker: Asker, orderBy: string): Promise<string> => {
      const path = `${ENTITIES}?local=true&id=${ID},${TWIN}&orderBy=${orderBy}`
      const { status, body, text } = await hubs.send(hubs.city, asker, path)
      expect(status, text).to.equal(200)
      return body.map(({ id }: { id: string }) => id).join()
    }
    const from = (direction: string, place: readonly number[]) =>
      `location;dist-${direction}&orderFrom=${JSON.stringify(place)}`
    const texts = ['description', 'note', 'note.remark', 'details[a.b]', 'names[vi]', 'raw[x]', 'listed']
    const pairs = [
      ...texts.map((name) => [name, `${name};desc`] as const),
      [from('asc', PLACE), from('asc', OTHER_PLACE)] as const,
      [from('asc', PLACE), from('desc', PLACE)] as const,
    ]
    for (const [one, other] of pairs) {
      expect(await order('dpo', one), one).to.not.equal(await order('dpo', other))
      for (const asker of ['analyst', 'public', 'operator.thai-nguyen', 'operator.song-cong'] as const)
        expect(await order(asker, one), `${asker} ${one}`).to.equal(await order(asker, other))
    }
    for (const name of ['reporterPhone', 'requestCode.reporterPhone'])
      expect(await order('public', name)).to.equal(await order('public', `${name};desc`))
  })

  it('tells the public not even that there is a phone: with and without one, entities are alike', async () => {
    for (const search of [
      'attrs=reporterPhone',
      'q=reporterPhone',
      'q=!reporterPhone',
      'pick=reporterPhone',
    ]) {
      const { body } = await hubs.send(hubs.city, 'public', `${ENTITIES}?type=ServiceRequest&${search}`)
      const all = await hubs.send(hubs.city, 'public', `${ENTITIES}?type=ServiceRequest&q=!nothing`)
      expect(body.length, search).to.be.oneOf([0, all.body.length])
      expect(JSON.stringify(body)).to.not.include('reporterPhone')
    }
  })

  it('tells the public nothing of a change that it does not see', async () => {
    const path = `${ENTITIES}/${TWIN}?options=sysAttrs`
    const before = told(await hubs.send(hubs.city, 'public', path))
    const { status, text } = await hubs.send(hubs.city, 'feeds', '/ngsi-ld/v1/entityOperations/update', {
      method: 'POST',
      body: [{ id: TWIN, type: 'ServiceRequest', reporterEmail: property('thu.0417@example.com') }],
    })
    expect(status, text).to.equal(204)
    const { text: clear } = await hubs.send(hubs.city, 'dpo', path)
    expect(clear).to.include('thu.0417@example.com')
    expect(told(await hubs.send(hubs.city, 'public', path))).to.equal(before)
  })

  it('tells nobody by the rules of the ontology that there is something that he sees nothing of', async () => {
    const hidden = 'urn:ngsi-ld:Device:thai-nguyen:oracle'
    await hubs.load([{ id: hidden, type: 'Device', note: property('hidden') }])
    const asked = async (asker: Asker, search: string) =>
      told(await hubs.send(hubs.city, asker, `/hub/v1/validation?${search}`))
    const [there, absent] = [`id=${hidden}`, `id=${hidden}-not`]
    expect(await asked('dpo', there)).not.to.equal(await asked('dpo', absent))
    for (const asker of ['public', 'anonymous', 'operator.song-cong'] as const)
      expect(await asked(asker, there), asker).to.equal(await asked(asker, absent))
  })

  it('lets the feed that wrote a report write it again, with what has changed', async () => {
    const body = [report(TWIN, '0900000746', OTHER_PLACE)]
    const path = '/ngsi-ld/v1/entityOperations/upsert'
    const { status, text } = await hubs.send(hubs.city, 'feeds', path, { method: 'POST', body })
    expect(status, text).to.equal(204)
    const { body: seen } = await hubs.send(hubs.city, 'feeds', `${ENTITIES}/${TWIN}?format=simplified`)
    expect(seen.address).to.deep.equal({ phone: '0900000746' })
  })
})
