import { expect } from 'chai'
import type { Caller, CallerIdentity } from '../../../broker/core/model/caller.ts'
import { DEFAULT_TENANT, parseTenant, type Tenant } from '../../../broker/core/model/tenant.ts'
import { countExchanges, type Exchange, type Exchanges } from '../../../security/audit/exchanges.ts'
import { OPEN_CALLER } from '../../../security/open-caller.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'

const AIR = 'urn:Air'
const LAMP = 'urn:Lamp'
const DAY = 86_400_000_000
/** Half an hour before midnight in Việt Nam. */
const BEFORE_MIDNIGHT = Date.parse('2025-06-15T16:30:00Z') * 1000

describe('Counts of exchanges', () => {
  let opened: OpenedStore
  let now = BEFORE_MIDNIGHT
  const faults: string[] = []
  before(async () => {
    opened = await SQLITE.open(() => now)
  })
  after(() => opened.close())

  const counting = (): Exchanges =>
    countExchanges({
      ...{ store: opened.store, clock: () => now, lifetime: 400 * DAY },
      failed: (_, text) => void faults.push(text),
    })
  const caller = (key: string, identity: CallerIdentity): Caller => ({ ...OPEN_CALLER, key, identity })
  const told = async (exchanges: Exchanges, from: string, to = from): Promise<readonly Exchange[]> => {
    const all: Exchange[] = []
    for await (const each of exchanges.of({ from, to })) all.push(each)
    return all
  }
  const of = (...pairs: readonly (readonly [string, number])[]) => new Map(pairs)

  it('are by dataset, consumer and purpose, of all processes together, and what goes on is no exchange', async () => {
    const [one, other] = [counting(), counting()]
    const transport = { organisation: 'H55.02', client: 'planner', purpose: 'planning' }
    const first = caller('a1', transport)
    const second = caller('b2', transport)
    one.giving(first, DEFAULT_TENANT, of([AIR, 3], [LAMP, 1]))()
    one.giving(first, DEFAULT_TENANT, of([AIR, 2]))(true)
    other.giving(second, DEFAULT_TENANT, of([AIR, 4]))()
    other.giving(caller('c3', {}), parseTenant('city') as Tenant, of([AIR, 1]))()
    other.refused(first)
    await other.keep()
    const shared = { ...transport, day: '2025-06-15', result: 'given' }
    expect(await told(one, '2025-06-15')).to.have.deep.members([
      { ...shared, dataset: AIR, exchanges: 2, entities: 9 },
      { ...shared, dataset: LAMP, exchanges: 1, entities: 1 },
      {
        day: '2025-06-15',
        dataset: AIR,
        tenant: 'city',
        caller: 'c3',
        result: 'given',
        exchanges: 1,
        entities: 1,
      },
      { ...shared, result: 'refused', exchanges: 1, entities: 0 },
    ])
  })

  it('go on the next day by the clocks of Việt Nam, and lose nothing of the day before', async () => {
    const exchanges = counting()
    const planner = caller('d4', { organisation: 'H55.09' })
    const give = exchanges.giving(planner, DEFAULT_TENANT, of([AIR, 5]))
    give()
    give()
    now += 3_600_000_000
    await exchanges.keep()
    give()
    const mine = (await told(exchanges, '2025-06-14', '2025-06-17')).filter(
      ({ organisation }) => organisation === 'H55.09',
    )
    expect(mine.map(({ day, entities }) => [day, entities])).to.deep.equal([
      ['2025-06-15', 10],
      ['2025-06-16', 5],
    ])
    expect(faults).to.deep.equal([])
  })
})
