import { PassingMap } from '../../core/model/passing-map.ts'
import { HOUR, type Micros } from '../../core/model/time.ts'
import { attemptDelivery, type Outcome } from './attempt-delivery.ts'
import { type BackOffOptions, retryDelay } from './back-off.ts'
import type { Deliveries, Delivery, EndpointState, Settled } from './delivery.ts'
import { EndpointLine } from './endpoint-line.ts'
import { Heap } from './heap.ts'
import { Lane, type Waiting } from './lane.ts'
import type { Sender } from './message.ts'
import { Slots } from './slots.ts'
import { processTimers, type Timers } from './timers.ts'

export interface DeliverySettings {
  /** Most messages under way to one endpoint. */
  readonly connections: number
  /** Most messages under way together. */
  readonly underWay: number
  /** Longest wait for the second attempt, doubled for each further one until `longestDelayMs`. */
  readonly firstDelayMs: number
  readonly longestDelayMs: number
  /** A message is given up after so many attempts that fail while its endpoint takes others. */
  readonly attempts: number
  /** A message is given up when its change is so old, whatever its endpoint does. */
  readonly retryHours: number
}

export interface DeliveryDependencies {
  readonly sender: Sender
  readonly clock: () => Micros
  readonly settings: DeliverySettings
  readonly timers?: Timers
  readonly random?: () => number
}

/** For so long it is remembered how an endpoint without messages stands. */
const REMEMBERED: Micros = 600_000_000
/** A clock that leaps, as that of a machine that slept does, is noticed after this time. */
const LONGEST_TIMER_MS = 1000

/** Opens the queues of all endpoints: ordered by key, each endpoint at its own pace (CIM 009 v1.9.1, 5.8.6). */
export function createDeliveries(dependencies: DeliveryDependencies): Deliveries {
  return new Queues(dependencies)
}

class Queues implements Deliveries {
  readonly #sender: Sender
  readonly #clock: () => Micros
  readonly #settings: DeliverySettings
  readonly #timers: Timers
  readonly #backOff: BackOffOptions
  readonly #lanes = new PassingMap<string, Lane>()
  readonly #endpoints = new Map<string, EndpointLine>()
  readonly #wakes = new Heap<EndpointLine>()
  readonly #slots: Slots
  #turns = 0
  #underWay = 0
  #timer: { readonly at: Micros; readonly cancel: () => void } | undefined
  #closed: { readonly drained: Promise<void>; readonly tell: () => void } | undefined

  constructor({
    sender,
    clock,
    settings,
    timers = processTimers,
    random = Math.random,
  }: DeliveryDependencies) {
    this.#sender = sender
    this.#clock = clock
    this.#settings = settings
    this.#timers = timers
    this.#backOff = { ...settings, random }
    this.#slots = new Slots(settings.underWay)
  }

  add(delivery: Delivery): void {
    if (this.#closed) return
    const endpoint = this.#endpoint(delivery)
    endpoint.waiting++
    const waiting: Waiting = {
      delivery,
      endpoint,
      expiresAt: delivery.at + this.#settings.retryHours * HOUR,
      next: undefined,
      attempts: 0,
      strikes: 0,
      successesSeen: endpoint.successes,
      lastReason: undefined,
      isProbe: false,
      isWithdrawn: false,
    }
    const lane = this.#lanes.get(delivery.order)
    if (lane) lane.append(waiting)
    else this.#open(new Lane(delivery.order, waiting))
  }

  withdraw(order: string): void {
    const lane = this.#lanes.get(order)
    if (!lane) return
    const { first } = lane
    for (let rest = lane.cut(); rest; rest = rest.next) rest.endpoint.waiting--
    if (lane.isUnderWay) {
      first.isWithdrawn = true
      return
    }
    first.endpoint.waiting--
    this.#unqueue(lane)
    this.#lanes.delete(order)
    this.#go(first.endpoint)
  }

  retry(name: string): void {
    const endpoint = this.#endpoints.get(name)
    if (!endpoint) return
    endpoint.retry()
    const next = endpoint.ready.size === 0 ? endpoint.later.first : undefined
    if (next) this.#makeReady(next.of)
    this.#go(endpoint)
  }

  state(name: string): EndpointState {
    const endpoint = this.#endpoints.get(name)
    return endpoint?.state(this.#clock()) ?? { breaker: 'closed', waiting: 0, underWay: 0 }
  }

  close(): Promise<void> {
    if (!this.#closed) {
      let tell = (): void => {}
      const drained = new Promise<void>((resolve) => {
        tell = resolve
      })
      this.#closed = { drained, tell }
      this.#timer?.cancel()
      if (this.#underWay === 0) tell()
    }
    return this.#closed.drained
  }

  #endpoint({ endpoint: name, owner }: Delivery): EndpointLine {
    const known = this.#endpoints.get(name)
    if (known) return known
    const opened = new EndpointLine({ name, owner }, this.#settings.connections, this.#backOff)
    this.#endpoints.set(name, opened)
    return opened
  }

  #open(lane: Lane): void {
    this.#lanes.set(lane.order, lane)
    this.#queue(lane)
    this.#go(lane.first.endpoint)
  }

  /** Puts the first of a lane in line at its endpoint: now, or not before a time. */
  #queue(lane: Lane, notBefore?: Micros): void {
    const { endpoint, expiresAt } = lane.first
    endpoint.ages.set(lane.age, expiresAt)
    if (notBefore === undefined) endpoint.ready.set(lane.turn, ++this.#turns)
    else endpoint.later.set(lane.turn, notBefore)
    lane.isReady = notBefore === undefined
  }

  #unqueue(lane: Lane): void {
    const { endpoint } = lane.first
    const line = lane.isReady ? endpoint.ready : endpoint.later
    line.delete(lane.turn)
    endpoint.ages.delete(lane.age)
  }

  #makeReady(lane: Lane): void {
    this.#unqueue(lane)
    this.#queue(lane)
  }

  /** Looks at an endpoint after something happened to it, and starts what can be started. */
  #go(endpoint: EndpointLine): void {
    this.#look(endpoint)
    this.#serve()
  }

  #look(endpoint: EndpointLine): void {
    if (this.#closed) return
    const now = this.#clock()
    for (let old = endpoint.ages.first; old && old.key <= now; old = endpoint.ages.first) {
      this.#unqueue(old.of)
      endpoint.waiting--
      this.#settle(old.of, this.#dead(old.of.first, `${this.#settings.retryHours} h`))
    }
    for (let due = endpoint.later.first; due && due.key <= now; due = endpoint.later.first) {
      this.#makeReady(due.of)
    }
    if (endpoint.maySend(now)) this.#slots.ask(endpoint)
    else this.#slots.leave(endpoint)
    const wake = endpoint.isIdle ? now + REMEMBERED : endpoint.nextWake(now)
    if (wake === Infinity) this.#wakes.delete(endpoint.wake)
    else this.#wakes.set(endpoint.wake, wake)
  }

  #serve(): void {
    if (this.#closed) return
    for (let endpoint = this.#slots.take(); endpoint; endpoint = this.#slots.take()) this.#start(endpoint)
    this.#arm()
  }

  #start(endpoint: EndpointLine): void {
    const lane = endpoint.ready.first?.of
    const wasQuick = endpoint.asksAsQuick
    if (!lane) {
      this.#slots.free(endpoint, wasQuick)
      return
    }
    this.#unqueue(lane)
    lane.isUnderWay = true
    lane.first.isProbe = endpoint.isOpen
    endpoint.waiting--
    endpoint.underWay++
    this.#underWay++
    this.#look(endpoint)
    const message = lane.first
    void attemptDelivery(this.#sender, message, () => message.isWithdrawn || this.#closed !== undefined).then(
      (outcome) => {
        this.#finish(lane, outcome)
        this.#slots.free(endpoint, wasQuick)
        this.#go(endpoint)
        if (this.#underWay === 0) this.#closed?.tell()
      },
    )
  }

  #finish(lane: Lane, outcome: Outcome): void {
    const message = lane.first
    const { endpoint, delivery } = message
    const now = this.#clock()
    if ('attempt' in outcome) {
      message.attempts++
      message.lastReason = outcome.attempt.reason
      if (outcome.kind === 'sent') endpoint.attempted(message, outcome.attempt, now)
      if (!outcome.attempt.delivered) this.#countStrike(message)
      delivery.attempted(outcome.attempt, now)
    }
    lane.isUnderWay = false
    endpoint.underWay--
    this.#underWay--
    const settled = this.#verdict(message, outcome, now)
    if (settled) this.#settle(lane, settled)
    else this.#queueAgain(lane, outcome, now)
  }

  #queueAgain(lane: Lane, outcome: Outcome, now: Micros): void {
    const { endpoint, attempts } = lane.first
    endpoint.waiting++
    // an open breaker is pause enough, and probes go round among all that wait
    if (endpoint.isOpen && outcome.kind === 'sent') this.#queue(lane)
    else this.#queue(lane, now + Math.round(1000 * retryDelay(attempts, this.#backOff)))
  }

  /** What fails while others get through fails by itself. */
  #countStrike(message: Waiting): void {
    const { successes } = message.endpoint
    if (successes > message.successesSeen) message.strikes++
    message.successesSeen = successes
  }

  /** The end of a message after an attempt; undefined: it is to be tried again. */
  #verdict(message: Waiting, outcome: Outcome, now: Micros): Settled | undefined {
    if (outcome.kind === 'undue') return { outcome: 'dropped' }
    if (outcome.kind === 'sent' && outcome.attempt.delivered) return { outcome: 'delivered' }
    if (message.isWithdrawn) return { outcome: 'dropped' }
    if (this.#closed) return undefined
    if (now >= message.expiresAt) return this.#dead(message, `${this.#settings.retryHours} h`)
    if (message.strikes >= this.#settings.attempts) return this.#dead(message, `${message.attempts} attempts`)
    return undefined
  }

  #dead({ attempts, lastReason }: Waiting, after: string): Settled {
    const reason = `Notification is given up after ${after}: ${lastReason ?? 'endpoint could not be tried'}`
    return { outcome: 'dead', reason, attempts }
  }

  /** Ends the first message of a lane, and lets the next one come. */
  #settle(lane: Lane, settled: Settled): void {
    const { delivery, endpoint } = lane.first
    if (lane.advance()) {
      this.#queue(lane)
      const next = lane.first.endpoint
      if (next !== endpoint) this.#wakes.set(next.wake, 0)
    } else this.#lanes.delete(lane.order)
    delivery.settled(settled)
  }

  /** One timer, for the endpoint that has to do something first. */
  #arm(): void {
    const at = this.#wakes.first?.key
    if (at === undefined || (this.#timer && this.#timer.at <= at)) return
    this.#timer?.cancel()
    const milliseconds = Math.max(0, Math.ceil((at - this.#clock()) / 1000))
    const cancel = this.#timers.after(Math.min(milliseconds, LONGEST_TIMER_MS), () => {
      this.#timer = undefined
      this.#wake()
    })
    this.#timer = { at, cancel }
  }

  #wake(): void {
    const now = this.#clock()
    for (let due = this.#wakes.first; due && due.key <= now; due = this.#wakes.first) {
      this.#wakes.delete(due)
      if (due.of.isIdle) this.#endpoints.delete(due.of.name)
      else this.#look(due.of)
    }
    this.#serve()
  }
}
