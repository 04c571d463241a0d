import type { Origin } from '../../core/model/change.ts'
import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import type { RefusedLine, ToldLine } from '../../core/observations/observation.ts'
import type { EvolutionUnit } from '../../store/port/evolution.ts'
import { type GivenInstances, type InstanceRules, judgeInstances } from '../temporal/judge-instances.ts'
import type { LineKind, LineRights } from './line-rights.ts'

/** Instances that are kept together at the most; so many for each entity are enough, if there are a few thousand of all. */
const MOST_INSTANCES = 32_768
const ENOUGH_INSTANCES = 4096
const ENOUGH_EACH = 64

interface GatheredLine {
  readonly line: ToldLine
  readonly kind: LineKind
}

interface KeptLine {
  readonly kind: LineKind
  readonly instances: GivenInstances
}

/** Lines by the entity that they are about: one change of its history is made of many. */
export class GatheredLines {
  readonly #rights: LineRights
  readonly #rules: InstanceRules
  readonly #entities = new Map<string, GatheredLine[]>()
  #instances = 0

  constructor(rights: LineRights, rules: InstanceRules) {
    this.#rights = rights
    this.#rules = rules
  }

  /** Takes a line. */
  add(line: ToldLine): void {
    const { observation } = line
    const others = this.#entities.get(observation.id)
    const gathered = { line, kind: this.#rights.kindOf(observation) }
    if (others) others.push(gathered)
    else this.#entities.set(gathered.kind.id, [gathered])
    this.#instances += observation.instances.length
  }

  /** Tells whether it is time to keep what has gathered. */
  get isEnough(): boolean {
    if (this.#instances >= MOST_INSTANCES) return true
    return this.#instances >= ENOUGH_INSTANCES && this.#instances >= ENOUGH_EACH * this.#entities.size
  }

  /** Answers a change for each entity, and the lines that the caller may not write, or that break a rule. */
  async judged(
    at: Micros,
    origin: Origin,
  ): Promise<{ readonly units: readonly EvolutionUnit[]; readonly refused: readonly RefusedLine[] }> {
    const all = [...this.#entities.values()]
    await this.#rights.judge(new Set(all.flatMap((lines) => lines.map(({ kind }) => kind))))
    const units: EvolutionUnit[] = []
    const refused: RefusedLine[] = []
    for (const lines of all) {
      const types = this.#hasRules ? typesOf(lines) : []
      const kept: KeptLine[] = []
      for (const { line, kind } of lines) {
        const judged = kind.refusal ?? this.#judged(line, types)
        if (judged instanceof Problem) refused.push(refusedLine(line, judged))
        else kept.push({ kind, instances: judged })
      }
      if (kept.length > 0) units.push(unitOf(kept, at, origin))
    }
    return { units, refused }
  }

  get #hasRules(): boolean {
    return (this.#rules.classOf ?? this.#rules.validation) !== undefined
  }

  /** Answers the instances of a line as they are kept, or why they are not. */
  #judged({ observation }: ToldLine, types: readonly Iri[]): GivenInstances | Problem {
    const { id, instances } = observation
    if (!this.#hasRules) return instances
    try {
      const judged = judgeInstances(this.#rules, { id, types }, instances)
      judged.note()
      return judged.instances
    } catch (error) {
      if (error instanceof Problem) return error
      throw error
    }
  }
}

function refusedLine({ number, last }: ToldLine, problem: Problem): RefusedLine {
  return { number, last, problem }
}

/** Types that the entity of these lines has, and those that they give it. */
function typesOf(lines: readonly GatheredLine[]): readonly Iri[] {
  const allowed = new Set(lines.flatMap(({ kind }) => (kind.refusal ? [] : [kind])))
  return [...new Set([...allowed].flatMap(({ known = [], types }) => [...known, ...types]))]
}

function unitOf(lines: readonly KeptLine[], at: Micros, origin: Origin): EvolutionUnit {
  const kinds = new Set(lines.map(({ kind }) => kind))
  const types = new Set<Iri>()
  let scopes: readonly string[] | undefined
  for (const kind of kinds) {
    for (const type of kind.types) types.add(type)
    scopes = kind.scopes ?? scopes
  }
  const [first] = lines
  return {
    collection: 'evolution',
    id: first?.kind.id ?? '',
    at,
    origin,
    change: {
      action: 'append',
      needs: 'either',
      types: [...types],
      ...(scopes && { scopes }),
      instances: lines.flatMap(({ instances }) => instances),
    },
  }
}
