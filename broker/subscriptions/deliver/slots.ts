import type { EndpointLine } from './endpoint-line.ts'
import { Heap } from './heap.ts'

/**
 * Shares what may be under way at one time among all endpoints, in turn. Those that are not known to be quick (new, slow
 * or failing) get half of it at most: however many they are, they delay no quick one.
 */
export class Slots {
  readonly #limit: number
  readonly #quick = new Heap<EndpointLine>()
  readonly #others = new Heap<EndpointLine>()
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
    this.#lineOf(endpoint).set(endpoint.slot, ++this.#asked)
  }

  leave(endpoint: EndpointLine): void {
    this.#lineOf(endpoint).delete(endpoint.slot)
  }

  /** Takes a slot for the endpoint whose turn it is; undefined: none is free, or none is asked for. */
  take(): EndpointLine | undefined {
    const quick = this.#taken < this.#limit ? this.#quick.first : undefined
    const other = this.#taken < this.#limit && 2 * this.#takenByOthers < this.#limit && this.#others.first
    const seat = quick && other ? (this.#lastWasQuick ? other : quick) : quick || other
    if (!seat) return undefined
    const endpoint = seat.of
    this.#lastWasQuick = endpoint.asksAsQuick
    this.leave(endpoint)
    this.#count(endpoint.asksAsQuick, 1)
    return endpoint
  }

  /** Gives back a slot that was taken by an endpoint that was quick, or was not. */
  free(wasQuick: boolean): void {
    this.#count(wasQuick, -1)
  }

  #count(quick: boolean, change: number): void {
    this.#taken += change
    if (!quick) this.#takenByOthers += change
  }

  #lineOf(endpoint: EndpointLine): Heap<EndpointLine> {
    return endpoint.asksAsQuick ? this.#quick : this.#others
  }
}
