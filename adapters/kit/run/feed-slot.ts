import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Variables } from '../definition/load-definition.ts'
import { type Feed, loadFeed } from '../intake/feed.ts'
import type { FeedPlaces } from '../mapping/feed-places.ts'
import { FeedFault } from '../values/fault.ts'
import type { JsonMap } from '../values/json.ts'
import { type FeedRunOptions, type FeedVisits, type RunningFeed, runFeed } from './run-feed.ts'

/** A feed of a configuration: its file, and variables that go before those of the file. */
export interface ConfiguredFeed {
  readonly file: string
  readonly variables: Variables
  /** Options of its transport, in place of those in the file. */
  readonly transport?: JsonMap
}

/** How a feed of this process stands. */
export interface FeedStanding extends FeedVisits {
  /** When the definition that runs was taken. */
  readonly since: string
  /** What is wrong with its file as it is now, while the definition before goes on; empty: nothing. */
  readonly faults: readonly string[]
  /** From whom it takes records: from callers who may, or from senders who prove who they are; absent: from nobody. */
  readonly takesFrom?: NonNullable<RunningFeed['takesFrom']>
}

/** The place of a feed that runs: another definition of it takes the place of the one before, and never beside it. */
export class FeedSlot {
  readonly #configured: ConfiguredFeed
  readonly #options: FeedRunOptions & { readonly places?: FeedPlaces }
  #running: RunningFeed
  #ready: Promise<RunningFeed>
  #since = new Date().toISOString()
  #faults: readonly string[] = []
  #stopped = false

  constructor(
    feed: Feed,
    configured: ConfiguredFeed,
    options: FeedRunOptions & { readonly places?: FeedPlaces },
  ) {
    this.#configured = configured
    this.#options = options
    this.#running = runFeed(feed, options)
    this.#ready = Promise.resolve(this.#running)
  }

  /** Answers the feed when no other definition is taking its place. */
  ready(): Promise<RunningFeed> {
    return this.#ready
  }

  standing(): FeedStanding {
    const { takesFrom } = this.#running
    const visits = this.#running.visits()
    return { since: this.#since, ...visits, faults: this.#faults, ...(takesFrom && { takesFrom }) }
  }

  figures(): ReturnType<RunningFeed['figures']> {
    return this.#running.figures()
  }

  /** Takes its file as it is now, if that is in order; else the feed goes on as it was, and says what is wrong. */
  async reload(): Promise<void> {
    const { file, variables, transport } = this.#configured
    try {
      const { places } = this.#options
      const feed = await loadFeed(file, variables, {
        ...(places && { places }),
        ...(transport && { transport }),
      })
      this.#checkName(feed)
      this.#faults = []
      if (!this.#stopped && !isDeepStrictEqual(feed.definition, this.#running.definition))
        await this.#replace(feed)
    } catch (error) {
      this.#faults = this.#named(
        error instanceof FeedFault ? error.faults : [`${file}: file cannot be taken`],
      )
      this.#tell('misdefined', `Definition has faults, the one before goes on: ${this.#faults.join('; ')}`)
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await (await this.#ready).stop()
  }

  async #replace(feed: Feed): Promise<void> {
    const before = this.#running
    this.#ready = before.stop().then(() => {
      this.#running = runFeed(feed, this.#options)
      return this.#running
    })
    await this.#ready
    this.#since = new Date().toISOString()
    this.#tell('redefined', 'Changed definition is taken over')
  }

  #checkName({ definition: { name, file } }: Feed): void {
    const { name: running } = this.#running.definition
    if (name !== running)
      throw new FeedFault([`${file}: name is ${name} and not ${running}, which takes a new start of the hub`])
  }

  /** Where a file is on this machine is nobody's business elsewhere. */
  #named(faults: readonly string[]): readonly string[] {
    const folder = `${path.dirname(this.#configured.file)}${path.sep}`
    return faults.map((fault) => fault.replaceAll(folder, ''))
  }

  #tell(kind: 'redefined' | 'misdefined', text: string): void {
    this.#options.onEvent?.({ feed: this.#running.definition.name, kind, text })
  }
}
