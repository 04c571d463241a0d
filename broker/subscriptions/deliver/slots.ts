import type { EndpointLine } from './endpoint-line.ts'
import { Heap } from './heap.ts'

/**
 * Shares what may be under way at one time among all endpoints, in turn. Those that are not known to be quick (new, slow
 * or failing) get half of it at most: however many they are, they delay no quick one. Those of one owner get half of that
 * at most: they delay nobody else's.
 */
export class Slots {
  readonly #limit: number
  readonly #quick = new Heap<EndpointLine>()
  readonly #others = new Heap<EndpointLine>()
  /** Others whose owner has all the slots that it may have. */
  readonly #parked = new Map<string, Heap<EndpointLine>>()
  readonly #takenByOwner = new Map<string, number>()
  #asked = 0
  #taken = 0
  #takenByOthers = 0
  #lastWasQuick = false

  constructor(limit: number) {
    this.#limit = Math.max(2, limit)
  }

  /** Puts an endpoint in line for a slot; one that is in line keeps its place. */
  ask(endpoint: EndpointLine): void {
    if (endpoint.slot.taken && endpoint.asksAsQuick === endpoint.quick) return
    this.leave(endpoint)
    endpoint.asksAsQuick = endpoint.quick
    this.#place(endpoint, endpoint.quick ? this.#quick : this.#othersOf(endpoint.owner), ++this.#asked)
  }

  leave(endpoint: EndpointLine): void {
    endpoint.inLine?.delete(endpoint.slot)
    endpoint.inLine = undefined
  }

  /** Takes a slot for the endpoint whose turn it is; undefined: none is free, or none is asked for. */
  take(): EndpointLine | undefined {
    const quick = this.#taken < this.#limit ? this.#quick.first : undefined
    const other = this.#taken < this.#limit && 2 * this.#takenByOthers < this.#limit && this.#firstOther()
    const seat = quick && other ? (this.#lastWasQuick ? other : quick) : quick || other
    if (!seat) return undefined
    const endpoint = seat.of
    this.#lastWasQuick = endpoint.asksAsQuick
    this.leave(endpoint)
    this.#count(endpoint, endpoint.asksAsQuick, 1)
    return endpoint
  }

  /** Gives back a slot that was taken by an endpoint that was quick, or was not. */
  free(endpoint: EndpointLine, wasQuick: boolean): void {
    this.#count(endpoint, wasQuick, -1)
    const next = wasQuick ? undefined : this.#parked.get(endpoint.owner)?.first
    if (next && !this.#isFull(endpoint.owner)) this.#move(next.of, this.#others)
  }

  #place(endpoint: EndpointLine, line: Heap<EndpointLine>, key: number): void {
    endpoint.inLine = line
    line.set(endpoint.slot, key)
  }

  #move(endpoint: EndpointLine, line: Heap<EndpointLine>): void {
    const { key } = endpoint.slot
    this.leave(endpoint)
    this.#place(endpoint, line, key)
    if (this.#parked.get(endpoint.owner)?.size === 0) this.#parked.delete(endpoint.owner)
  }

  #count({ owner }: EndpointLine, quick: boolean, change: number): void {
    this.#taken += change
    if (quick) return
    this.#takenByOthers += change
    const ofOwner = (this.#takenByOwner.get(owner) ?? 0) + change
    if (ofOwner === 0) this.#takenByOwner.delete(owner)
    else this.#takenByOwner.set(owner, ofOwner)
  }

  #isFull(owner: string): boolean {
    return 4 * (this.#takenByOwner.get(owner) ?? 0) >= this.#limit
  }

  #othersOf(owner: string): Heap<EndpointLine> {
    if (!this.#isFull(owner)) return this.#others
    const line = this.#parked.get(owner) ?? new Heap<EndpointLine>()
    this.#parked.set(owner, line)
    return line
  }

  /** Endpoints whose owner got its last slot meanwhile step aside. */
  #firstOther(): Heap<EndpointLine>['first'] {
    for (let seat = this.#others.first; seat; seat = this.#others.first) {
      const line = this.#othersOf(seat.of.owner)
      if (line === this.#others) return seat
      this.#move(seat.of, line)
    }
    return undefined
  }
}
