import { expect } from 'chai'
import { DEFAULT_TENANT, parseTenant } from '../../../broker/core/model/tenant.ts'
import type { SourceFailure } from '../../../broker/federation/forward/exchange.ts'
import {
  createSourceStates,
  type Passage,
  type Rest,
  type SourceStates,
} from '../../../broker/federation/states/source-states.ts'
import { registration } from './support.ts'

const SECOND = 1_000_000
const DOWN: SourceFailure = { code: 199, text: 'could not be reached', tired: true }
const LATE: SourceFailure = { ...DOWN, late: true }
const REFUSED: SourceFailure = { code: 299, text: 'answered with status 403', tired: false }

describe('5.2.34 Circuit of a source', () => {
  const make = (chance = 0.5) => createSourceStates({ random: () => chance })
  const plain = registration()
  const eager = registration({ management: { cooldown: 1000 } })

  /** Lets somebody call at a time, which ends at once; answers whether it was let in. */
  function call(states: SourceStates, at: number, failure?: SourceFailure, source = plain): boolean {
    const passage = states.enter(DEFAULT_TENANT, source, at)
    passage?.leave({ at, latencyMs: 10, ...(failure && { failure }) })
    return passage !== undefined
  }
  const standing = (states: SourceStates, at: number, source = plain) =>
    states.record(DEFAULT_TENANT, source, at).circuit

  it('opens after three failures in a row, not after three in all', () => {
    const states = make()
    for (const failure of [DOWN, DOWN, undefined, DOWN, REFUSED, LATE, DOWN]) call(states, 0, failure)
    expect(standing(states, 0)).to.equal('closed')
    call(states, 0, DOWN)
    expect(standing(states, 0)).to.equal('open')
    expect(call(states, SECOND)).to.equal(false)
  })

  it('opens after one where the registration has a cooldown, for just that long', () => {
    const states = make()
    call(states, 0, DOWN, eager)
    expect(call(states, SECOND - 1, undefined, eager)).to.equal(false)
    expect(standing(states, SECOND, eager)).to.equal('half-open')
    expect(call(states, SECOND, undefined, eager)).to.equal(true)
    expect(standing(states, SECOND, eager)).to.equal('closed')
  })

  it('lets one in at a time once it is half-open, and all when that one was answered', () => {
    const states = make()
    call(states, 0, DOWN, eager)
    const probe = states.enter(DEFAULT_TENANT, eager, SECOND)
    expect(call(states, SECOND, undefined, eager)).to.equal(false)
    probe?.leave({ at: SECOND, latencyMs: 5 })
    expect(call(states, SECOND, undefined, eager)).to.equal(true)
  })

  it('lets the next one in when the one that should find out never came back', () => {
    const states = make()
    call(states, 0, DOWN, eager)
    states.enter(DEFAULT_TENANT, eager, SECOND)
    expect(call(states, 60 * SECOND, undefined, eager)).to.equal(false)
    expect(call(states, 62 * SECOND, undefined, eager)).to.equal(true)
  })

  it('rests twice as long each time, up to a minute', () => {
    const states = make()
    let at = 0
    for (let time = 0; time < 3; time++) call(states, at, DOWN)
    const rests = [2, 4, 8, 16, 32, 60, 60].map((seconds) => {
      const until = states.record(DEFAULT_TENANT, plain, at).coolingUntil ?? 0
      const rest = until - at
      at = until
      call(states, at, DOWN)
      return [rest / SECOND, seconds]
    })
    for (const [rest, seconds] of rests) expect(rest).to.equal(seconds)
    at = states.record(DEFAULT_TENANT, plain, at).coolingUntil ?? 0
    call(states, at)
    for (let time = 0; time < 3; time++) call(states, at, DOWN)
    expect(states.record(DEFAULT_TENANT, plain, at).coolingUntil).to.equal(at + 2 * SECOND)
  })

  it('spreads the ends of rests by a fifth', () => {
    const ends = [0, 1].map((chance) => {
      const states = make(chance)
      for (let time = 0; time < 3; time++) call(states, 0, DOWN)
      return states.record(DEFAULT_TENANT, plain, 0).coolingUntil
    })
    expect(ends).to.deep.equal([1.6 * SECOND, 2.4 * SECOND])
  })

  it('does not mind what began before it opened or closed', () => {
    const states = make()
    const early = [1, 2].map(() => states.enter(DEFAULT_TENANT, plain, 0))
    for (let time = 0; time < 3; time++) call(states, 0, DOWN)
    const before = states.record(DEFAULT_TENANT, plain, 1).coolingUntil
    early[0]?.leave({ at: 1, latencyMs: 1, failure: LATE })
    early[1]?.leave({ at: 1, latencyMs: 1 })
    expect(standing(states, 1)).to.equal('open')
    expect(states.record(DEFAULT_TENANT, plain, 1).coolingUntil).to.equal(before)
  })

  const sharing: readonly [string, object, boolean][] = [
    ['another registration of the same source', {}, true],
    ['another endpoint', { endpoint: 'http://127.0.0.1:9/other' }, false],
    ['another tenant of the source', { tenant: 'city' }, false],
    ['one that is less patient', { management: { timeout: 1 } }, false],
  ]
  for (const [title, members, shared] of sharing) {
    it(`${shared ? 'is shared with' : 'says nothing about'} ${title}`, () => {
      const states = make()
      for (let time = 0; time < 3; time++) call(states, 0, DOWN)
      const other = registration({ id: 'urn:r:other', ...members })
      expect(call(states, 1, undefined, other)).to.equal(!shared)
    })
  }

  it('is not shared by the tenants of the hub', () => {
    const states = make()
    for (let time = 0; time < 3; time++) call(states, 0, DOWN)
    expect(states.enter(parseTenant('other'), plain, 1)).to.not.equal(undefined)
  })

  it('is forgotten with the registration', () => {
    const states = make()
    for (let time = 0; time < 3; time++) call(states, 0, DOWN)
    states.forget(DEFAULT_TENANT, plain.id)
    expect(standing(states, 1)).to.equal('closed')
    expect(states.of(DEFAULT_TENANT, plain.id)).to.deep.equal({ timesSent: 0, timesFailed: 0 })
  })

  it('is not remembered of a registration that goes while its source is called', () => {
    const states = make()
    const passage = states.enter(DEFAULT_TENANT, eager, 0)
    states.forget(DEFAULT_TENANT, eager.id)
    passage?.leave({ at: 1, latencyMs: 1, failure: DOWN })
    expect(standing(states, 2, eager)).to.equal('closed')
  })
})

describe('5.15.1 Sources that rested are asked who they are', () => {
  const eager = registration({ management: { cooldown: 1000 } })
  const outcome = (at: number, failure?: SourceFailure) => ({ at, latencyMs: 1, ...(failure && { failure }) })

  function watched(): { states: SourceStates; rests: Rest[]; enter: (at: number) => Passage | undefined } {
    const states = createSourceStates()
    const rests: Rest[] = []
    states.watch((rest) => rests.push(rest))
    return { states, rests, enter: (at) => states.enter(DEFAULT_TENANT, eager, at) }
  }

  it('before anybody is let in, and then one', () => {
    const { states, rests, enter } = watched()
    enter(0)?.leave(outcome(0, DOWN))
    const [rest] = rests
    expect(rest?.until).to.equal(SECOND)
    expect(enter(2 * SECOND)).to.equal(undefined)
    if (rest) states.woken(rest, { at: 2 * SECOND, answers: true })
    expect(states.record(DEFAULT_TENANT, eager, 2 * SECOND)).to.include({
      circuit: 'half-open',
      lastContact: 2 * SECOND,
      timesSent: 1,
    })
    const probe = enter(2 * SECOND)
    expect(enter(2 * SECOND)).to.equal(undefined)
    probe?.leave(outcome(3 * SECOND))
    expect(enter(3 * SECOND)).to.not.equal(undefined)
  })

  it('and rest again when they do not answer, without a request being sent', () => {
    const { states, rests, enter } = watched()
    enter(0)?.leave(outcome(0, DOWN))
    if (rests[0]) states.woken(rests[0], { at: 2 * SECOND, answers: false })
    expect(rests.map(({ until }) => until)).to.deep.equal([SECOND, 3 * SECOND])
    expect(enter(2 * SECOND)).to.equal(undefined)
    if (rests[0]) states.woken(rests[0], { at: 4 * SECOND, answers: true })
    expect(enter(4 * SECOND)).to.equal(undefined)
    expect(states.of(DEFAULT_TENANT, eager.id)).to.include({ timesSent: 1, timesFailed: 1 })
  })

  it('though nobody ever tells what came of that', () => {
    const { enter } = watched()
    enter(0)?.leave(outcome(0, DOWN))
    expect(enter(60 * SECOND)).to.equal(undefined)
    expect(enter(62 * SECOND)).to.not.equal(undefined)
  })
})

describe('5.2.9 What is observed of a source', () => {
  it('is counted by kind, with the quantiles of its answers and its share', () => {
    const states = createSourceStates()
    const source = registration({ contextSourceAlias: 'city' })
    const leave = (latencyMs: number, failure?: SourceFailure) =>
      states
        .enter(DEFAULT_TENANT, source, 0)
        ?.leave({ at: latencyMs, latencyMs, ...(failure && { failure }) })
    for (let latency = 1; latency <= 100; latency++) leave(latency)
    leave(101, REFUSED)
    leave(5000, LATE)
    leave(5000, { code: 111, text: 'answered with something that is no JSON', tired: false })
    leave(5000, DOWN)
    const record = states.record(DEFAULT_TENANT, source, 0)
    expect(record).to.deep.include({
      timesSent: 104,
      timesFailed: 4,
      timesLeftAlone: 0,
      share: 0.962,
      status: 'failed',
      lastSuccess: 100,
      lastContact: 5000,
      errors: { refused: 1, timeout: 1, invalid: 1, unreachable: 1 },
    })
    expect(record.latency).to.deep.equal({ p50: 51, p95: 97, p99: 101, answers: 102 })
    expect([...states.all(0)]).to.deep.equal([['city', record]])
    // members of the standard alone
    expect(states.of(DEFAULT_TENANT, source.id)).to.have.all.keys(
      ...['timesSent', 'timesFailed', 'status', 'lastSuccess', 'lastFailure'],
    )
  })

  it('names no source of a tenant', () => {
    const states = createSourceStates()
    states.enter(parseTenant('city'), registration({ contextSourceAlias: 'secret' }), 0)
    expect([...states.all(0)].map(([label]) => label)).to.deep.equal([undefined])
  })
})
