import type { TemporalEntity } from '../../core/model/temporal.ts'
import { type AggregatedAttributes, aggregateEvolution } from '../../core/temporal/aggregate.ts'
import type { Aggregation } from '../../core/temporal/aggregation.ts'
import { cutEvolutions, type TimeRange } from '../../core/temporal/cut-evolutions.ts'
import { lastInstances } from '../../core/temporal/last-instances.ts'
import { suitedAttributes } from '../../core/temporal/suited-attributes.ts'
import { type Disclosed, disclosureOf } from '../../core/view/disclosure.ts'
import type { EvolutionOptions } from '../../core/view/evolution-options.ts'
import { renderAggregates } from '../../core/view/render-aggregates.ts'
import { renderEvolution } from '../../core/view/render-evolution.ts'
import type { View } from '../../core/view/view.ts'
import type { EvolutionHead } from '../../store/port/evolution.ts'
import { pageBudget } from '../entities/page-budget.ts'
import type { Rendering } from '../entities/read-dependencies.ts'
import { type Texts, textsOf } from '../entities/render-entity.ts'
import type { Lasting } from '../lasting.ts'
import { type Aggregating, aggregateStored } from './aggregate-evolution.ts'
import { type AskedOfEvolutions, isSummedUp } from './evolution-content.ts'
import type { EvolutionMeans } from './read-dependencies.ts'

/** Evolutions of an answer, as texts. */
export interface Evolutions extends Texts {
  /** The time that they are of, where that is only a part of what was asked for (6.3.10). */
  readonly range?: TimeRange
  /** Entities follow; with `after` where the place is known. */
  readonly more: boolean
  readonly after?: string
  readonly count?: number
  /** Tells whether this would be answered again; absent where only asking again would tell. */
  readonly lasting?: Lasting
  /** Values of `NGSILD-Warning` headers. */
  readonly warnings?: readonly string[]
  /** Registrations that had part in the one evolution that was asked for. */
  readonly told?: readonly string[]
}

/** An evolution that is part of an answer, with what was read of it. */
export interface FoundEvolution {
  readonly head: EvolutionHead
  readonly content: TemporalEntity
  /** What is shown of it, where that is written already. */
  readonly shown?: Rendering
}

type Written = Pick<Evolutions, 'texts' | 'altered' | 'range' | 'disclosed' | 'datasets'>

type Writing = Pick<EvolutionMeans, 'maxInstances'> & Aggregating & { readonly write: EvolutionWriter }

/** Writes evolutions as was asked for. @throws Problem TooManyResults, TooComplexQuery, InvalidRequest */
export async function writeEvolutions(
  reading: Writing,
  asked: AskedOfEvolutions,
  found: readonly FoundEvolution[],
): Promise<Written> {
  const { aggregation } = asked
  return aggregation
    ? writeAggregates(reading, { ...asked, aggregation }, found)
    : writeInstances(reading, asked, found)
}

/** Aggregates what was read of an evolution, and what the store has to be asked for besides. @throws Problem TooComplexQuery */
export async function aggregatesOf(
  aggregating: Aggregating,
  asked: AskedOfEvolutions & { readonly aggregation: Aggregation },
  { head, content }: FoundEvolution,
): Promise<AggregatedAttributes> {
  if (isSummedUp(asked)) return aggregateStored(aggregating, head, content, asked)
  return aggregateEvolution(newestOf(content, asked), asked.aggregation, asked.window)
}

function newestOf(content: TemporalEntity, { lastN, window }: AskedOfEvolutions): TemporalEntity {
  return lastN === undefined ? content : lastInstances(content, lastN, window?.property)
}

/** Where an evolution has more than an answer holds, all are cut at the same time. */
function writeInstances(
  { maxInstances, write }: Writing,
  asked: AskedOfEvolutions,
  found: readonly FoundEvolution[],
): Written {
  const { window, lastN, table } = asked
  const contents = found.map(({ content }) => newestOf(content, asked))
  const { entities, range } = cutEvolutions(contents, { window, lastN, perAttribute: maxInstances })
  const shown = entities.map((entity, at) => {
    const whole = contents[at]
    return write((form) => renderEvolution(entity, { options: form, table, ...(whole && { whole }) }), entity)
  })
  return { ...textsOf(shown), ...(range && { range }) }
}

async function writeAggregates(
  reading: Writing,
  asked: AskedOfEvolutions & { readonly aggregation: Aggregation },
  found: readonly FoundEvolution[],
): Promise<Written> {
  const { options, table } = asked
  const named = options.pick && new Set(options.pick.attributes.keys())
  const shown: Rendering[] = []
  for (const one of found) {
    if (one.shown) {
      shown.push(one.shown)
      continue
    }
    const suited = suitedAttributes(await aggregatesOf(reading, asked, one), named, table)
    shown.push(
      reading.write((form) => renderAggregates(one.content, suited, { options: form, table }), {
        ...one.content,
        attributes: suited,
      }),
    )
  }
  return textsOf(shown)
}

/** Writes an evolution, by a function that is told how. @throws Problem TooManyResults */
export type EvolutionWriter = (
  render: (options: EvolutionOptions) => string | undefined,
  shown: Disclosed,
) => Rendering

/** Writes one after the other as long as there is room, and tells which ones an earlier version of the standard alters. */
export function evolutionWriter(options: EvolutionOptions, maxBytes: number, view: View): EvolutionWriter {
  const weigh = pageBudget(maxBytes)
  const { version, ...newest } = options
  return (render, shown) => {
    const text = render(options)
    weigh({ text })
    const altered = version !== undefined && render(newest) !== text
    const disclosed = text === undefined ? undefined : disclosureOf(shown, view, options)
    const { types } = shown
    return { text, types, ...(altered && { altered: true as const }), ...(disclosed && { disclosed }) }
  }
}
