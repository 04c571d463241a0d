import { expect } from 'chai'
import {
  type AnyEntity,
  type Client,
  createClient,
  instances,
  time,
  valueIn,
} from '../../../openapi/client/client.ts'

type Equal<Left, Right> =
  (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false
/** Compiles where both types are the same. */
function same<Left, Right>(_equal: Equal<Left, Right>): void {}
type Item<Iterable> = Iterable extends AsyncIterable<infer One> ? One : never

const hub: Client = createClient({ url: 'http://127.0.0.1:9' })
/** What stands in here is compiled and never run. */
const compiles = (_code: () => unknown): void => {}

describe('client: types', () => {
  it('know values, units and words of lists', () => {
    compiles(() => {
      const values = hub.entities.query('AirQualityObserved', { format: 'simplified' })
      type Values = Item<typeof values>
      same<Values['pm25'], number | undefined>(true)
      same<Values['observationStatus'], 'measuring' | 'calibrating' | 'deviceError' | undefined>(true)
      same<Values['id'], string>(true)
      // @ts-expect-error no attribute of this type
      type _None = Values['pm26']

      const normalized = hub.entities.query('AirQualityObserved')
      type Pm25 = Exclude<NonNullable<Item<typeof normalized>['pm25']>, readonly unknown[]>
      same<Pm25['unitCode'], 'GQ' | undefined>(true)
      same<Pm25['observedAt'], string | undefined>(true)
      // @ts-expect-error the unit of a concentration is no degree
      const unit: Pm25['unitCode'] = 'CEL'

      const concise = hub.entities.query('AirQualityObserved', { format: 'concise' })
      const air = {} as Item<typeof concise>
      if (typeof air.pm25 === 'object' && !Array.isArray(air.pm25))
        same<typeof air.pm25.unitCode, 'GQ' | undefined>(true)
      return [unit]
    })
  })

  it('know the attributes that a query can name, and what they are compared with', () => {
    compiles(() => [
      hub.entities.query('AirQualityObserved', { q: (attribute) => attribute('pm25').greater(35) }),
      hub.entities.query('AirQualityObserved', {
        q: (attribute) => attribute('pm25').sub('qualityFlag').equal('stuck'),
      }),
      hub.entities.query('AirQualityObserved', {
        q: (attribute) => attribute('pm25').member('observedAt').less(new Date()),
      }),
      hub.entities.query('AirQualityObserved', {
        q: (attribute) => attribute('https://example.org/dust').equal(1),
      }),
      hub.entities.query('AirQualityObserved', {
        q: (attribute) => attribute('refDevice').linked('Device', 'name').exists(),
      }),
      hub.entities.query('AirQualityObserved', {
        q: (attribute) => attribute('periodStart').greater(time('2026-01-01')),
      }),
      // @ts-expect-error no attribute of this type
      hub.entities.query('AirQualityObserved', { q: (attribute) => attribute('pm26').greater(35) }),
      // @ts-expect-error a number is compared with numbers
      hub.entities.query('AirQualityObserved', { q: (attribute) => attribute('pm25').greater('35') }),
      hub.entities.query('AirQualityObserved', {
        // @ts-expect-error not in the list
        q: (attribute) => attribute('observationStatus').equal('asleep'),
      }),
      hub.entities.query('AirQualityObserved', {
        // @ts-expect-error a text that looks like a time is compared as a text
        q: (attribute) => attribute('periodStart').greater('2026-01-01'),
      }),
      hub.entities.query('AirQualityObserved', {
        // @ts-expect-error no attribute of a device
        q: (attribute) => attribute('refDevice').linked('Device', 'pm25').exists(),
      }),
      // @ts-expect-error no member of this type
      hub.entities.query('AirQualityObserved', { pick: ['id', 'pm26'] }),
      hub.entities.query('AirQualityObserved', {
        // @ts-expect-error a distance belongs to near
        geo: { relation: 'within', maxDistance: 5, geometry: { type: 'Point', coordinates: [105, 21] } },
      }),
    ])
  })

  it('leave of an entity what was picked, and one language of what was asked for in one', () => {
    compiles(() => {
      const picked = hub.entities.query('AirQualityObserved', { format: 'keyValues', pick: ['id', 'pm25'] })
      same<keyof Item<typeof picked>, 'id' | 'pm25'>(true)
      const scopes = hub.entities.query('CityScope', { format: 'simplified', lang: 'vi' })
      same<Item<typeof scopes>['name'], string | undefined>(true)
      const all = hub.entities.query('CityScope', { format: 'simplified' })
      same<
        Item<typeof all>['name'],
        { readonly languageMap: Readonly<Record<string, string | readonly string[]>> } | undefined
      >(true)
    })
  })

  it('take only what the ontology knows into writes', () => {
    const id = 'urn:ngsi-ld:AirQualityObserved:thai-nguyen:1'
    compiles(() => [
      hub.entities.create({
        id,
        type: 'AirQualityObserved',
        pm25: { type: 'Property', value: 1, unitCode: 'GQ' },
      }),
      hub.entities.create({ id, type: 'AirQualityObserved', pm25: { value: 1, unitCode: 'GQ' }, no2: 4 }),
      hub.entities.merge('AirQualityObserved', id, { pm25: null }),
      hub.entities.create({
        id,
        type: 'AirQualityObserved',
        // @ts-expect-error another unit
        pm25: { type: 'Property', value: 1, unitCode: 'CEL' },
      }),
      // @ts-expect-error no attribute of this type
      hub.entities.create({ id, type: 'AirQualityObserved', pm26: 1 }),
      // @ts-expect-error no number
      hub.entities.merge('AirQualityObserved', id, { pm25: 'much' }),
      // @ts-expect-error no relationship
      hub.entities.merge('AirQualityObserved', id, { refDevice: { type: 'Property', value: 'urn:x:1' } }),
    ])
  })

  it('know what evolutions are made of', () => {
    compiles(() => {
      const past = hub.temporal.query('AirQualityObserved', {
        format: 'temporalValues',
        from: '2026-01-01T00:00:00Z',
      })
      same<NonNullable<Item<typeof past>['pm25']>['values'], readonly (readonly [number, string])[]>(true)
      const means = hub.temporal.retrieve('AirQualityObserved', 'urn:x:1', {
        format: 'aggregatedValues',
        aggregate: ['avg'],
      })
      same<
        NonNullable<Item<typeof means>['pm25']>['avg'],
        readonly (readonly [number, string, string])[] | undefined
      >(true)
    })
  })

  it('take types that they do not know, and vocabularies of others', () => {
    interface Rooms {
      readonly Room: {
        readonly id: string
        readonly type: 'Room'
        readonly level?: { readonly type: 'Property'; readonly value: number }
      }
    }
    const rooms = createClient<Rooms>({
      url: 'http://127.0.0.1:9',
      context: 'https://example.org/rooms.jsonld',
    })
    compiles(() => {
      const unknown = hub.entities.query('Spaceship', { q: (attribute) => attribute('crew').greater(3) })
      same<Item<typeof unknown>['crew'], unknown>(true)
      const known = rooms.entities.query('Room', {
        format: 'simplified',
        q: (attribute) => attribute('level').equal(1),
      })
      same<Item<typeof known>['level'], number | undefined>(true)
      const others = rooms.entities.query('AirQualityObserved')
      same<Item<typeof others>['pm25'], unknown>(true)
      // @ts-expect-error no attribute of a room
      return rooms.entities.query('Room', { q: (attribute) => attribute('pm25').exists() })
    })
  })

  it('lead to values in every form', () => {
    const one = { type: 'Property', value: 3 } as const
    const two = [{ type: 'Property', value: 4, datasetId: 'urn:x:1' }, one] as const
    expect([valueIn(one), valueIn(two), valueIn(5), valueIn(undefined), valueIn([1, 2])]).to.deep.equal([
      3,
      3,
      5,
      undefined,
      [1, 2],
    ])
    expect(valueIn({ object: 'urn:x:1' })).to.equal('urn:x:1')
    expect(valueIn({ languageMap: { vi: 'a' } })).to.deep.equal({ vi: 'a' })
    expect([instances(two), instances(one), instances(undefined)].map((all) => all.length)).to.deep.equal([
      2, 1, 0,
    ])
    const any: AnyEntity = { id: 'urn:x:1', type: 'T', level: one }
    expect(valueIn(any.level)).to.equal(3)
  })
})
