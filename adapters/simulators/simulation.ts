import { setTimeout as wait } from 'node:timers/promises'
import { type Message, WAY_FAULTS, type WayFault } from './simulator.ts'
import { CONTENT_FAULTS, type ContentFault, spoil } from './spoil.ts'
import { type Agency, startAgency } from './start-agency.ts'

/** Everything that can go wrong with a source. */
export type SourceFault = WayFault | ContentFault
export const SOURCE_FAULTS: readonly SourceFault[] = [...WAY_FAULTS, ...CONTENT_FAULTS]

/** Whose sources are simulated. */
export interface SimulationOptions {
  /** Feeds and cities, each with the hub that its feeds run in. */
  readonly sources: readonly { readonly feed: string; readonly city: string; readonly hub: string }[]
  /** How often feeds visit them, seconds; absent: as their feed.yaml says. */
  readonly pollSeconds?: number
  /** Where drop folders, databases and credentials lie. */
  readonly folder: string
}

/** How sources speak: how often, on which course of numbers, and what goes wrong, one source after the other. */
export interface Speaking {
  readonly everySeconds: number
  readonly seed: string
  readonly faults: readonly SourceFault[]
  readonly signal: AbortSignal
  readonly onFault?: (agency: Agency, fault: SourceFault) => void
}

/** Starts the systems of agencies; they have nothing to say yet. */
export async function startAgencies({ sources, ...options }: SimulationOptions): Promise<readonly Agency[]> {
  const agencies: Agency[] = []
  for (const source of sources) agencies.push(await startAgency({ ...options, ...source }))
  return agencies
}

/** Stops them. */
export async function stopAgencies(agencies: readonly Agency[]): Promise<void> {
  await Promise.all(agencies.map(({ simulator }) => simulator.stop()))
}

/** Has agencies say their samples as if they were of now, then again and again what goes on, until the signal fires. */
export async function speak(agencies: readonly Agency[], speaking: Speaking): Promise<void> {
  const { everySeconds, seed, faults, signal } = speaking
  for (const agency of agencies) {
    for (const group of agency.samples(untilNow(agency))) await agency.simulator.give(group)
  }
  const repeating = agencies.filter(({ source }) => source.again)
  const trouble = new Trouble(repeating, faults)
  for (let tick = 1; !signal.aborted; tick++) {
    await wait(everySeconds * 1000, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    await trouble.end()
    const victim = await trouble.begin(tick)
    if (victim) speaking.onFault?.(victim.agency, victim.fault)
    for (const agency of repeating) {
      const messages = agency.again(untilNow(agency), { seed: `${seed} ${agency.city} ${agency.feed}`, tick })
      await agency.simulator.give(
        agency === victim?.agency ? trouble.spoilt(messages, untilNow(agency)) : messages,
      )
    }
  }
}

/** How much later the samples of an agency are said, so that the latest is of now, or of a day ago. */
export function untilNow({ latest, source }: Agency): number {
  if (source.age === 'fixed' || latest === undefined) return 0
  return Date.now() - latest - (source.age === 'a day' ? 86_400_000 : 0)
}

/** With whom what goes wrong. */
interface Victim {
  readonly agency: Agency
  readonly fault: SourceFault
}

/** What goes wrong now: one fault with one agency, then the next with the next. */
class Trouble {
  readonly #agencies: readonly Agency[]
  readonly #faults: readonly SourceFault[]
  #now: Victim | undefined
  /** What was given in half. */
  #whole: readonly Message[] = []

  constructor(agencies: readonly Agency[], faults: readonly SourceFault[]) {
    this.#agencies = agencies
    this.#faults = faults
  }

  async begin(tick: number): Promise<Victim | undefined> {
    const agency = this.#agencies[tick % this.#agencies.length]
    const fault = this.#faults[tick % this.#faults.length]
    this.#now = agency && fault && { agency, fault }
    if (this.#now && isWayFault(this.#now.fault)) await this.#now.agency.simulator.breaks(this.#now.fault)
    return this.#now
  }

  spoilt(messages: readonly Message[], untilNowMs: number): readonly Message[] {
    const { agency, fault } = this.#now ?? {}
    if (!agency || !fault || isWayFault(fault)) return messages
    if (fault === 'cut') this.#whole = messages
    return spoil(messages, fault, { drifts: agency.source.drifts, aheadMs: untilNowMs === 0 ? 0 : SKEW_MS })
  }

  async end(): Promise<void> {
    if (this.#now && isWayFault(this.#now.fault)) await this.#now.agency.simulator.breaks(undefined)
    if (this.#now && this.#whole.length > 0) await this.#now.agency.simulator.give(this.#whole)
    this.#whole = []
    this.#now = undefined
  }
}

/** So far ahead is a clock that goes wrong. */
const SKEW_MS = 2 * 86_400_000

/** Tells whether it is the way that breaks, and not what is given. */
export function isWayFault(fault: SourceFault): fault is WayFault {
  return (WAY_FAULTS as readonly string[]).includes(fault)
}
