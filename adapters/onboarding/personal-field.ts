import { PERSONS } from './header-words.ts'
import type { SampledField } from './sampled-field.ts'

/** Tells whether a text, under the name of its field, holds what points to a person. */
export type PointsToPerson = (text: string, field: string) => boolean

const SHARE = 0.3
/** A text of so many letters is written freely: one that names a person may be followed by others. */
const FREE_TEXT = 40

/** Answers why a field is of persons; undefined: neither its name nor its values say so. */
export function personalReason(
  { field, name, values }: SampledField,
  points: PointsToPerson,
): string | undefined {
  const words = name.words.join(' ')
  const said = PERSONS.exec(words)?.[0]
  if (said !== undefined) return `“${said}” is of persons`
  const texts = values.filter((value) => typeof value !== 'object').map(String)
  const hits = texts.filter((text) => points(text, field))
  const free = hits.some((text) => text.length >= FREE_TEXT)
  if (!free && (hits.length === 0 || hits.length < SHARE * texts.length)) return undefined
  return `${hits.length} of ${texts.length} values point to persons`
}
