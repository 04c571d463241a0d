import { expect } from 'chai'
import fc from 'fast-check'
import { World } from './delivery-world.ts'

/** A message of the script: when it comes, its key, its endpoint, and whether no endpoint ever takes it. */
interface Due {
  readonly wait: number
  readonly key: number
  readonly endpoint: number
  readonly isPoison: boolean
}

/** When an endpoint works, by turns, and how long it takes. */
interface Behaviour {
  readonly turns: readonly number[]
  readonly takes: number
  /** One of so many fails also while it works. */
  readonly flaky: number
}

const CONNECTIONS = 3
const UNDER_WAY = 8
const ATTEMPTS = 4
const HOUR = 3_600_000
const SETTINGS = {
  connections: CONNECTIONS,
  underWay: UNDER_WAY,
  attempts: ATTEMPTS,
  firstDelayMs: 1000,
  longestDelayMs: 600_000,
}

const due: fc.Arbitrary<Due> = fc.record({
  wait: fc.oneof(fc.constant(0), fc.nat(50), fc.nat(20_000)),
  key: fc.nat(6),
  endpoint: fc.nat(3),
  isPoison: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
})
const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  turns: fc.array(fc.integer({ min: 1, max: 60_000 }), { maxLength: 4 }),
  takes: fc.oneof(fc.nat(5), fc.nat(5000)),
  flaky: fc.integer({ min: 2, max: 9 }),
})
const script = {
  dues: fc.array(due, { minLength: 1, maxLength: 60 }),
  behaviours: fc.array(behaviour, { minLength: 4, maxLength: 4 }),
  random: fc.double({ min: 0.1, max: 0.999, noNaN: true }),
}

const nameOf = (endpoint: number): string => `http://e${endpoint}.test/`

/** A key keeps to its endpoint, as those of a subscription do. */
const orderOf = ({ key, endpoint }: Due): string => `${endpoint}:${key}`

function works({ turns }: Behaviour, now: number): boolean {
  let up = true
  let at = 0
  for (const turn of turns) {
    at += turn
    if (now < at) return up
    up = !up
  }
  return true
}

async function play(
  dues: readonly Due[],
  behaviours: readonly Behaviour[],
  { random, underWay = UNDER_WAY }: { readonly random: number; readonly underWay?: number },
): Promise<World> {
  const world = new World({ ...SETTINGS, underWay }, () => random)
  let asked = 0
  world.answer = ({ id, url }, now) => {
    const at = behaviours[Number(url.charAt(8))]!
    asked++
    return {
      delivered: !id.startsWith('poison') && works(at, now) && asked % at.flaky !== 0,
      after: at.takes,
    }
  }
  for (const [place, one] of dues.entries()) {
    if (one.wait > 0) await world.pass(one.wait)
    world.add(`${one.isPoison ? 'poison' : 'm'}${place}`, {
      order: orderOf(one),
      endpoint: nameOf(one.endpoint),
    })
    checkBounds(world, underWay)
  }
  await world.pass(2 * HOUR)
  return world
}

function checkBounds(world: World, underWay = UNDER_WAY): void {
  expect(world.underWay()).to.be.at.most(underWay)
  for (let n = 0; n < 4; n++) expect(world.underWay(nameOf(n))).to.be.at.most(CONNECTIONS)
}

describe('5.8.6 deliveries: properties', () => {
  it('settle each message once, keep the order of each key, and send none of a key while another is under way', () =>
    fc.assert(
      fc.asyncProperty(script.dues, script.behaviours, script.random, async (dues, behaviours, random) => {
        const world = await play(dues, behaviours, { random })
        const ids = dues.map(({ isPoison }, place) => `${isPoison ? 'poison' : 'm'}${place}`)
        expect(world.told.map(({ id }) => id).sort()).to.deep.equal([...ids].sort())
        for (const order of new Set(dues.map(orderOf))) {
          const own = ids.filter((_, place) => orderOf(dues[place]!) === order)
          expect(world.told.filter(({ id }) => own.includes(id)).map(({ id }) => id)).to.deep.equal(own)
          const sent = world.sent.filter(({ id }) => own.includes(id))
          for (const [place, one] of sent.entries()) {
            if (place > 0) expect(one.from).to.be.at.least(sent[place - 1]!.until)
          }
        }
      }),
      { numRuns: 25 },
    ))

  it('deliver each message once, and give up by rule only', () =>
    fc.assert(
      fc.asyncProperty(script.dues, script.behaviours, script.random, async (dues, behaviours, random) => {
        const world = await play(dues, behaviours, { random })
        for (const { id, at, outcome } of world.told) {
          const sent = world.sent.filter((one) => one.id === id)
          expect(sent.filter(({ delivered }) => delivered)).to.have.length(
            outcome.outcome === 'delivered' ? 1 : 0,
          )
          if (outcome.outcome === 'delivered') continue
          expect(outcome.outcome).to.equal('dead')
          if (outcome.outcome !== 'dead') continue
          expect(outcome.attempts).to.equal(sent.length)
          const old = /after 1 h/.test(outcome.reason)
          if (old) expect(at).to.be.at.least(HOUR)
          else expect(strikes(world, id)).to.be.at.least(ATTEMPTS)
        }
      }),
      { numRuns: 25 },
    ))

  it('let no endpoint change what another gets, and when', () =>
    fc.assert(
      fc.asyncProperty(script.dues, script.random, async (dues, random) => {
        const fine = { turns: [], takes: 3, flaky: 1_000_000 }
        const slow = { turns: [], takes: 5000, flaky: 1_000_000 }
        const dead = { turns: [1, 10 * HOUR], takes: 5000, flaky: 1_000_000 }
        // slots for all: who gets one of too few is another question
        const options = { random, underWay: 8 * CONNECTIONS }
        const without = await play(dues, [fine, fine, fine, fine], options)
        const beside = await play(dues, [fine, fine, dead, slow], options)
        const times = (world: World) =>
          [nameOf(0), nameOf(1)].map((name) =>
            world.sent
              .filter(({ endpoint }) => endpoint === name)
              .map(({ id, from, until }) => `${id} ${from} ${until}`),
          )
        expect(times(beside)).to.deep.equal(times(without))
      }),
      { numRuns: 25 },
    ))

  it('are the same when retried and taken back at any time', () =>
    fc.assert(
      fc.asyncProperty(
        script.dues,
        script.behaviours,
        fc.array(fc.nat(6), { maxLength: 10 }),
        async (...given) => {
          const [dues, behaviours, taken] = given
          const world = new World(SETTINGS)
          world.answer = ({ url }, now) => {
            const at = behaviours[Number(url.charAt(8))]!
            return { delivered: works(at, now), after: at.takes }
          }
          for (const [place, one] of dues.entries()) {
            await world.pass(one.wait)
            world.add(`m${place}`, { order: orderOf(one), endpoint: nameOf(one.endpoint) })
            if (place % 5 === 0) world.deliveries.retry(nameOf(one.endpoint))
            const key = taken[place % 7]
            if (key !== undefined) world.deliveries.withdraw(`${one.endpoint}:${key}`)
            checkBounds(world)
          }
          await world.pass(2 * HOUR)
          expect(new Set(world.told.map(({ id }) => id)).size).to.equal(world.told.length)
          for (let n = 0; n < 4; n++) {
            expect(world.deliveries.state(nameOf(n))).to.include({ waiting: 0, underWay: 0 })
          }
        },
      ),
      { numRuns: 25 },
    ))
})

/** Failed attempts of a message between which, or before which, its endpoint took another. */
function strikes(world: World, id: string): number {
  const own = world.sent.filter((one) => one.id === id)
  let seen = 0
  let count = 0
  for (const { place, endpoint } of own.filter(({ delivered }) => !delivered)) {
    const took = world.sent.some(
      (one) => one.endpoint === endpoint && one.delivered && one.place > seen && one.place < place,
    )
    if (took) count++
    seen = place
  }
  return count
}
