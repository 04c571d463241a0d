import type { Column, ColumnMapping } from '../definition/column-mapping.ts'
import { RecordFault } from '../values/fault.ts'
import { isPeriod, minutesOf } from '../values/row-period.ts'
import { ForeignValueFault, ownInstance } from './foreign-value.ts'
import { type NamedValue, wantedOf } from './wanted.ts'

/** Answers what is wrong with a mapping by columns beyond its shape, as the ontology has it. */
export function columnFaults(mapping: ColumnMapping): readonly string[] {
  const { type, time, series, columns, facts = {} } = mapping
  const named = Object.values(columns).map((column) =>
    typeof column === 'string' ? { attribute: column } : column,
  )
  const faults = ([...named, ...(series ? [series] : [])] as readonly Column[]).flatMap(
    ({ attribute, unit }) =>
      faultOf(() => wantedOf({ type, attribute, ...(unit !== undefined && { unit }) })),
  )
  for (const [attribute, value] of Object.entries(facts))
    faults.push(...faultOf(() => ownInstance(value, wantedOf({ type, attribute })), `facts: ${attribute} `))
  if (time?.period !== undefined && !isPeriod(time.period))
    faults.push('time.period is not a length such as PT30M or P1M')
  if (series && !time) faults.push('series needs time')
  if (series && time?.period !== undefined && minutesOf(time.period) === undefined)
    faults.push('series has intervals of months')
  return faults
}

/** Tells whether the ontology has an attribute of a type. */
export function hasAttribute(named: NamedValue): boolean {
  return faultOf(() => wantedOf(named)).length === 0
}

function faultOf(task: () => unknown, of = ''): string[] {
  try {
    task()
    return []
  } catch (error) {
    if (error instanceof RecordFault) return [error.message]
    if (error instanceof ForeignValueFault) return [of + error.message]
    throw error
  }
}
