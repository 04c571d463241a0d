import { RecordFault } from '../kit/values/fault.ts'

/** Writes the name of a column as feeds write it: composed, without line breaks and blanks beside it. */
export function columnName(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim()
}

/** Says what is wrong with the header of a table: columns that it does not have, or has more than once. */
export function headerFault(
  names: readonly string[],
  wanted: readonly string[] = [],
): RecordFault | undefined {
  const missing = wanted.filter((column) => !names.includes(column))
  if (missing.length > 0) return new RecordFault('unreadable', `Table has no column ${missing.join(', ')}`)
  const double = wanted.filter((column) => names.indexOf(column) !== names.lastIndexOf(column))
  if (double.length === 0) return undefined
  return new RecordFault('unreadable', `Table has more than one column ${double.join(', ')}`)
}
