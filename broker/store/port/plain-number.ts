import type { Instance } from '../../core/model/entity.ts'

/** Tells whether value, times and unit say all of an instance whose value is a number. */
export function isPlain({ kind, attributes, valueType, objectType, expiresAt }: Instance): boolean {
  return (
    kind === 'Property' &&
    attributes === undefined &&
    valueType === undefined &&
    objectType === undefined &&
    expiresAt === undefined
  )
}
