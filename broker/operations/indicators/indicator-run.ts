import { concernedEnds } from '../../core/indicators/calculation.ts'
import { endsBetween } from '../../core/indicators/cycle.ts'
import type { LogRecord } from '../../core/model/change.ts'
import type { Entity } from '../../core/model/entity.ts'
import { Problem, type ProblemCode } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Follower } from '../../subscriptions/follow/follower.ts'
import type { Following, LiveFeeds } from '../../subscriptions/follow/live-feeds.ts'
import type { Terms } from '../../subscriptions/index/terms.ts'
import { deriveIndicator } from './derive-indicator.ts'
import type { Indicator, IndicatorDependencies } from './indicator.ts'
import { type IndicatorPlace, readPlace, savePlace } from './indicator-place.ts'
import { knownEnds } from './known-ends.ts'
import { sourceEntities, sourceEntity, sourceOfHistory } from './source-entities.ts'

/** What a running indicator works with. */
export interface RunDependencies extends IndicatorDependencies {
  readonly feeds: Pick<LiveFeeds, 'follow'>
  /** Resolves once no other process can work it out. */
  readonly mine: () => Promise<void>
  /** Told of what went wrong and is tried again. */
  readonly failed: (error: unknown, text: string) => void
}

/** So many periods of whatever entities wait; what comes behind them waits in the log. */
const ROOM = 5000
const LOOK_MILLISECONDS = 1000
const SAVE_EVERY: Micros = 5_000_000
const REST: Micros = 2_000_000
/** Problems that pass by themselves. */
const PASSING: ReadonlySet<ProblemCode> = new Set(['InsufficientStorage', 'ServiceUnavailable', 'Conflict'])

/**
 * Keeps one indicator up to date. It follows the log, so that what a change concerns is worked out anew, however late it
 * came; and it looks at the clock, so that a period is worked out when it ends. Where it stands is kept: what it did
 * since is done again after a crash, to the same end.
 */
export class IndicatorRun implements Follower {
  readonly terms: readonly Terms[]
  readonly #dependencies: RunDependencies
  readonly #indicator: Indicator
  /** Entities and the periods of theirs that changes concern. */
  readonly #due = new Map<string, Set<Micros>>()
  #dueCount = 0
  /** Entities whose history was changed by itself, and when: all their periods are due once that has come to a rest. */
  readonly #changed = new Map<string, Micros>()
  #following: Following | undefined
  #place: IndicatorPlace = { position: 0, ended: 0 }
  #kept: IndicatorPlace = this.#place
  /** What was to be kept last, where nobody knows whether it is. */
  #tried: IndicatorPlace | undefined
  /** In which version the place is kept. */
  #version = 0
  #savedAt = 0
  #timer: NodeJS.Timeout | undefined
  #turn: Promise<void> | undefined
  #stopped = false

  constructor(dependencies: RunDependencies, indicator: Indicator) {
    this.#dependencies = dependencies
    this.#indicator = indicator
    const { type, inputs } = indicator.source
    this.terms = [{ types: [type], attributes: [...inputs.keys()] }, { collection: 'evolution' }]
  }

  /** Goes on where it stood when it was claimed; a new indicator, or one that is worked out otherwise now, begins with all that was logged. */
  start(): void {
    this.#stopped = false
    const { feeds, tenant } = this.#dependencies
    this.#following = feeds.follow(tenant, this, this.#place.position)
    this.#timer = setInterval(() => this.#run(), LOOK_MILLISECONDS).unref()
    this.#run()
  }

  /** Takes over from where it stands: who worked it out before, and does not know yet that it does no more, keeps nothing from then on. */
  async claim(): Promise<void> {
    const { clock, mine } = this.#dependencies
    for (let isMine = false; !isMine; ) {
      const { place, version } = await readPlace(this.#dependencies, this.#indicator)
      this.#place = place ?? { position: 0, ended: clock() }
      this.#version = version
      // whoever takes over from here on keeps another version than the one that was read
      await mine()
      isMine = await this.#keep().then(
        () => true,
        (error: unknown) => {
          if (error instanceof Problem && error.code === 'Conflict') return false
          throw error
        },
      )
    }
  }

  /** Works out nothing more; resolves when nothing is under way and it is kept where it stands. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    this.#following?.leave()
    await this.#turn
    try {
      await this.#save(true)
    } catch (error) {
      this.#dependencies.failed(error, `Indicator ${this.#indicator.name} is not kept where it stands`)
    }
  }

  hasRoom(): boolean {
    return this.#dueCount < ROOM && this.#changed.size < ROOM
  }

  offer(record: LogRecord): boolean {
    if (!this.hasRoom()) return false
    if (record.collection === 'evolution') {
      if (this.#isAbout(record)) this.#changed.set(record.id, this.#dependencies.clock())
      return true
    }
    const ends = this.#endsOf(record)
    if (ends.length === 0) return true
    this.#add(record.id, ends)
    this.#run()
    return true
  }

  /** A change of history tells which attributes it was about; none: all of them. */
  #isAbout({ attributes = [] }: LogRecord): boolean {
    const { inputs } = this.#indicator.source
    return attributes.length === 0 || attributes.some(({ attribute }) => inputs.has(attribute))
  }

  /** Periods that have ended and that something was measured for, whether it is new, late or corrected. */
  #endsOf({ attributes = [] }: LogRecord): readonly Micros[] {
    const { source, calculation } = this.#indicator
    const now = this.#dependencies.clock()
    const times = attributes
      .filter(({ attribute }) => source.inputs.has(attribute))
      .map(({ after }) => after?.observedAt)
    return [...new Set(times)].flatMap((at) => (at === undefined ? [] : concernedEnds(calculation, at, now)))
  }

  #run(): void {
    if (this.#stopped || this.#turn) return
    this.#turn = this.#work().then(
      (more) => this.#turnEnded(more),
      (error: unknown) => {
        this.#dependencies.failed(error, `Indicator ${this.#indicator.name} is not derived`)
        this.#turnEnded(false) // the clock tries again
      },
    )
  }

  #turnEnded(more: boolean): void {
    this.#turn = undefined
    if (more) this.#run()
  }

  /** Tells whether more is due at once. */
  async #work(): Promise<boolean> {
    await this.#deriveChanged()
    await this.#deriveHistories()
    this.#moveOn()
    await this.#deriveEnded()
    await this.#save(false)
    return this.#due.size > 0
  }

  /** Everything that was offered is worked out; once it has left, a feed does not know any more what that was. */
  #moveOn(): void {
    if (this.#stopped || this.#due.size > 0 || this.#changed.size > 0 || !this.#following) return
    this.#place = { ...this.#place, position: this.#following.position() }
  }

  /** Works out what changes concern; what fails is due again. */
  async #deriveChanged(): Promise<void> {
    while (this.#due.size > 0 && !this.#stopped) {
      const [next] = this.#due
      if (!next) break
      const [id, ends] = next
      this.#due.delete(id)
      this.#dueCount -= ends.size
      try {
        await this.#derive(await sourceEntity(this.#dependencies, id), [...ends])
      } catch (error) {
        this.#add(id, ends)
        throw error
      }
      if (this.hasRoom()) this.#following?.wake()
    }
  }

  /** Works out everything of entities whose history was changed: what is told of that names no times. */
  async #deriveHistories(): Promise<void> {
    const indicator = this.#indicator
    const dependencies = this.#dependencies
    const { type } = indicator.source
    const now = dependencies.clock()
    for (const [id, at] of this.#changed) {
      if (this.#stopped || now - at < REST) continue
      const source = await sourceOfHistory(dependencies, { id, type })
      const ends = source.types.includes(type) ? knownEnds(dependencies, { indicator, source }) : []
      for await (const part of ends) await this.#derive(source, part)
      if (this.#changed.get(id) === at) this.#changed.delete(id)
    }
    if (this.hasRoom()) this.#following?.wake()
  }

  /** Works out the periods that have ended meanwhile, of every entity: nothing may have come that tells of them. */
  async #deriveEnded(): Promise<void> {
    const { clock } = this.#dependencies
    const now = clock()
    const ends = endsBetween(this.#indicator.calculation.cycle, this.#place.ended, now)
    if (ends.length > 0) {
      for await (const entity of sourceEntities(this.#dependencies, this.#indicator.source.type)) {
        if (this.#stopped) return
        await this.#derive(entity, ends)
      }
    }
    this.#place = { ...this.#place, ended: now }
  }

  async #derive(source: Entity | undefined, ends: readonly Micros[]): Promise<void> {
    const indicator = this.#indicator
    if (!source?.types.includes(indicator.source.type)) return
    try {
      const ascending = [...ends].sort((left, right) => left - right)
      await deriveIndicator(this.#dependencies, { indicator, source }, ascending)
    } catch (error) {
      if (!(error instanceof Problem) || PASSING.has(error.code)) throw error
      this.#dependencies.failed(error, `Indicator ${indicator.name} of ${source.id} is refused`)
    }
  }

  #add(id: string, ends: Iterable<Micros>): void {
    const due = this.#due.get(id) ?? new Set()
    this.#due.set(id, due)
    this.#dueCount -= due.size
    for (const end of ends) due.add(end)
    this.#dueCount += due.size
  }

  /** Keeps where it stands now and then: what is done again does no harm. */
  async #save(now: boolean): Promise<void> {
    const time = this.#dependencies.clock()
    const [place, kept] = [this.#place, this.#kept]
    const isSame = place.position === kept.position && place.ended === kept.ended
    if (isSame || (!now && time - this.#savedAt < SAVE_EVERY)) return
    await this.#keep()
    this.#savedAt = time
  }

  async #keep(): Promise<void> {
    if (this.#tried) await this.#makeSure(this.#tried)
    const place = this.#place
    this.#tried = place
    try {
      const wanted = { ...place, version: this.#version }
      this.#version = await savePlace(this.#dependencies, this.#indicator, wanted)
      this.#kept = place
      this.#tried = undefined
    } catch (error) {
      if (error instanceof Problem && error.code === 'Conflict') this.#tried = undefined
      throw error
    }
  }

  /** Finds out whether the place that was to be kept last is kept: its answer did not come. */
  async #makeSure(tried: IndicatorPlace): Promise<void> {
    const { place, version } = await readPlace(this.#dependencies, this.#indicator)
    await this.#dependencies.mine() // or another process may have kept the same
    if (place?.position === tried.position && place.ended === tried.ended) this.#version = version
    this.#tried = undefined
  }
}
