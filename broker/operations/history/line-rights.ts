import { setImmediate } from 'node:timers/promises'
import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Observation } from '../../core/observations/observation.ts'
import type { View } from '../../core/view/view.ts'
import type { EvolutionHead } from '../../store/port/evolution.ts'
import type { Command } from '../command.ts'
import type { EvolutionDependencies } from '../temporal/evolution-dependencies.ts'
import {
  appendIntent,
  checkCreation,
  checkHead,
  checkIntent,
  type EvolutionIntent,
} from '../temporal/write-evolution.ts'

/** What lines have in common that are judged alike: whom they are about, and which attributes they touch. */
export interface LineKind extends Pick<Observation, 'id' | 'types' | 'scopes'> {
  readonly attributes: readonly Iri[]
  /** Why such lines are not kept; null: they may be; undefined: nobody has asked yet. */
  refusal?: Problem | null
  /** Types that its entity had when somebody asked. */
  known?: readonly Iri[]
  /** What the caller saw when somebody asked: other policies make another view, and are asked again. */
  view?: View
}

/** The kinds of lines about one entity. */
interface KnownKinds {
  readonly byText: Map<string, LineKind>
  last: LineKind
}

const KNOWN = 100_000
/** Heads that are looked for without a pause. */
const AT_ONCE = 256

/** Judges the lines of one request as provisioning operations are judged, lines of one kind once. */
export class LineRights {
  readonly #store: EvolutionDependencies['store']
  readonly #command: Command
  readonly #known = new Map<string, KnownKinds>()
  #kinds = 0

  constructor({ store }: EvolutionDependencies, command: Command) {
    this.#store = store
    this.#command = command
  }

  /** Answers the kind that an observation is of. */
  kindOf(observation: Observation): LineKind {
    const known = this.#known.get(observation.id)
    if (known && isOf(known.last, observation)) return known.last
    const attributes = attributesOf(observation)
    const text = JSON.stringify([observation.types, observation.scopes, attributes])
    const kind = known?.byText.get(text) ?? this.#newKind(observation, attributes)
    if (known) {
      known.byText.set(text, kind)
      known.last = kind
    } else this.#known.set(kind.id, { byText: new Map([[text, kind]]), last: kind })
    return kind
  }

  /** Finds out whether the caller may write lines of these kinds. */
  async judge(kinds: Iterable<LineKind>): Promise<void> {
    const view = this.#command.caller.view(this.#command.tenant)
    const open = [...kinds].filter((kind) => kind.view !== view && this.#mayIntend(kind, view))
    for (let at = 0; at < open.length; at += AT_ONCE) {
      if (at > 0) await setImmediate()
      const some = open.slice(at, at + AT_ONCE)
      const heads = await this.#headsOf(some)
      for (const kind of some) {
        const head = heads.get(kind.id)
        kind.refusal = refusalOf(() => this.#checkAppend(kind, head))
        kind.known = head?.types ?? []
      }
    }
  }

  #newKind({ id, types, scopes }: Observation, attributes: readonly Iri[]): LineKind {
    if (++this.#kinds > KNOWN) {
      this.#known.clear()
      this.#kinds = 1
    }
    return { id, types, ...(scopes && { scopes }), attributes }
  }

  #mayIntend(kind: LineKind, view: View): boolean {
    const refusal = refusalOf(() => checkIntent(this.#command, intentOf(kind)))
    kind.view = view
    if (refusal) kind.refusal = refusal
    return !refusal
  }

  async #headsOf(kinds: readonly LineKind[]): Promise<ReadonlyMap<string, EvolutionHead>> {
    const ids = [...new Set(kinds.map(({ id }) => id))]
    const heads = await this.#store.evolutions(this.#command.tenant, { ids, limit: ids.length })
    return new Map(heads.map((head) => [head.id, head]))
  }

  #checkAppend(kind: LineKind, head: EvolutionHead | undefined): void {
    if (head) checkHead(this.#command, intentOf(kind), head)
    else checkCreation(this.#command, intentOf(kind))
  }
}

function intentOf(kind: LineKind): EvolutionIntent {
  return appendIntent({ ...kind, creates: true })
}

function isOf({ types, scopes, attributes }: LineKind, { instances, ...other }: Observation): boolean {
  if (!equal(types, other.types) || !equal(scopes, other.scopes)) return false
  return (
    attributes.length === instances.length &&
    attributes.every((attribute, at) => instances[at]?.attribute === attribute)
  )
}

function equal(left: readonly string[] | undefined, right: readonly string[] | undefined): boolean {
  if (left === right) return true
  return left?.length === right?.length && left?.every((item, at) => item === right?.[at]) === true
}

function attributesOf({ instances }: Observation): readonly Iri[] {
  return [...new Set(instances.map(({ attribute }) => attribute))]
}

function refusalOf(check: () => void): Problem | null {
  try {
    check()
    return null
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}
