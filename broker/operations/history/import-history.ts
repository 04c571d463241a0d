import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import type { ObservedLines, RefusedLine } from '../../core/observations/observation.ts'
import type { EvolutionUnit } from '../../store/port/evolution.ts'
import type { Command } from '../command.ts'
import { roomFor } from '../room-for.ts'
import type { EvolutionDependencies } from '../temporal/evolution-dependencies.ts'
import { CommitsUnderWay } from './commits-under-way.ts'
import { GatheredLines } from './gathered-lines.ts'
import { LineRights } from './line-rights.ts'

/** Observations of the past, line by line. */
export interface ImportHistory extends Command {
  /** Reads the lines, each as given at an instant of the clock. */
  readonly read: (clock: () => Micros) => AsyncIterable<ObservedLines>
}

export interface ImportDependencies extends EvolutionDependencies {
  /** So many imports run at the same time. */
  readonly maxImports: number
}

/** What became of the lines of an import. */
export interface ImportOutcome {
  readonly lines: number
  /** Of lines that were kept. */
  readonly instances: number
  readonly entities: number
  /** Instances that were there already. */
  readonly unchanged: number
  readonly rejected: { readonly count: number; readonly first: readonly RefusedLine[] }
}

const SHOWN = 100
/** So much may come before it is kept. */
const MOST_BYTES = 4 * 1024 * 1024
/** One import is about so many entities at the most. */
const MOST_ENTITIES = 100_000
/** What a commit may cost, in instances; what a change of one entity costs besides. */
const MOST_COST = 4096
const UNIT_COST = 8

/**
 * Adds what lines tell to the history of their entities, as many provisions of temporal evolutions would (CIM 009 v1.9.1,
 * 5.6.11): a line is kept as a whole or refused. Only so much is held as goes to the disk while the next lines are read.
 * @throws Problem TooManyRequests; of the store, where it says up to which line everything is kept
 */
export function importHistory(dependencies: ImportDependencies) {
  const take = roomFor(dependencies.maxImports, 'imports')
  return async ({ read, ...command }: ImportHistory): Promise<ImportOutcome> => {
    command.caller.check('update', command.tenant, { resource: 'entity' })
    const leave = take()
    const run = new ImportRun(dependencies, command)
    try {
      await dependencies.store.createTenant(command.tenant)
      for await (const lines of read(dependencies.clock)) await run.take(lines)
      return await run.finish()
    } finally {
      await run.abandon()
      leave()
    }
  }
}

class ImportRun {
  readonly #dependencies: EvolutionDependencies
  readonly #command: Command
  readonly #rights: LineRights
  readonly #commits = new CommitsUnderWay()
  #gathered: GatheredLines
  /** What came since something was kept. */
  #bytes = 0
  #line = 0
  #lines = 0
  #instances = 0
  #unchanged = 0
  readonly #entities = new Set<string>()
  #rejected = 0
  readonly #shown: RefusedLine[] = []

  constructor(dependencies: EvolutionDependencies, command: Command) {
    this.#dependencies = dependencies
    this.#command = command
    this.#rights = new LineRights(dependencies, command)
    this.#gathered = new GatheredLines(this.#rights, this.#dependencies)
  }

  async take({ lines, bytes }: ObservedLines): Promise<void> {
    for (const line of lines) {
      this.#lines++
      this.#line = line.last
      if ('problem' in line) this.#reject(line)
      else if (line.observation.instances.length > 0) this.#gathered.add(line)
    }
    this.#bytes += bytes
    if (this.#gathered.isEnough || this.#bytes >= MOST_BYTES) await this.#keep()
  }

  async finish(): Promise<ImportOutcome> {
    await this.#keep()
    await this.#commits.settle()
    const first = this.#shown.sort((left, right) => left.number - right.number)
    return {
      lines: this.#lines,
      instances: this.#instances,
      entities: this.#entities.size,
      unchanged: this.#unchanged,
      rejected: { count: this.#rejected, first },
    }
  }

  abandon(): Promise<void> {
    return this.#commits.abandon()
  }

  #reject(line: RefusedLine): void {
    this.#rejected++
    if (this.#shown.length < SHOWN) this.#shown.push(line)
  }

  async #keep(): Promise<void> {
    const gathered = this.#gathered
    this.#gathered = new GatheredLines(this.#rights, this.#dependencies)
    this.#bytes = 0
    const line = this.#line
    const { units, refused } = await gathered.judged(this.#dependencies.clock(), this.#command.origin)
    for (const one of refused) this.#reject(one)
    const parts = partsOf(units)
    for (const [at, part] of parts.entries()) {
      const isLast = at === parts.length - 1
      await this.#commits.begin(() => this.#commit(part), isLast ? line : undefined)
    }
  }

  async #commit(units: readonly EvolutionUnit[]): Promise<void> {
    const results = await this.#dependencies.store.commit(this.#command.tenant, units)
    for (const [at, { id, change }] of units.entries()) {
      const result = results[at]
      if (result?.outcome !== 'kept') throw new Problem('Conflict', `History of entity ${id} was not kept`)
      if (change.action === 'append') this.#instances += change.instances.length
      this.#unchanged += result.same?.instances ?? 0
      this.#entities.add(id)
    }
    if (this.#entities.size > MOST_ENTITIES)
      throw new Problem('RequestEntityTooLarge', `Body is about more than ${MOST_ENTITIES} entities`)
  }
}

/** Parts units so that a commit does not keep others waiting for long. */
function partsOf(units: readonly EvolutionUnit[]): readonly (readonly EvolutionUnit[])[] {
  const parts: EvolutionUnit[][] = []
  let cost = MOST_COST
  for (const unit of units) {
    if (cost >= MOST_COST) {
      parts.push([])
      cost = 0
    }
    parts.at(-1)?.push(unit)
    cost += UNIT_COST + (unit.change.action === 'append' ? unit.change.instances.length : 0)
  }
  return parts
}
