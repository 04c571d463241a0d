import { parseDateTime } from '../../broker/core/model/time.ts'

/** Reads an instant, to compare it: texts of instants leave zeros out, so that they are in no order. */
export function micros(text: string): number {
  const at = parseDateTime(text)
  if (at === undefined) throw new Error(`No instant: ${text}`)
  return at
}
