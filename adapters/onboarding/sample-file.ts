import { isUnreadable, type SourceRecord } from '../formats/format.ts'
import type { FormatDefinition } from '../kit/definition/feed-definition.ts'
import type { Feed } from '../kit/intake/feed.ts'
import type { Input } from '../kit/intake/input.ts'
import { isJsonMap, type Json, type JsonMap } from '../kit/values/json.ts'

/** A sample as it is kept beside a feed. */
export interface SampleFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Records that a sample keeps. */
export const SAMPLE_RECORDS = 20
const LARGEST_WHOLE = 4_194_304

/** Answers the records of inputs, as far as a sample needs them. */
export function recordsOf(
  { format }: Pick<Feed, 'format'>,
  inputs: readonly Input[],
): readonly SourceRecord[] {
  return inputs
    .flatMap((input) => format.decode(input.bytes, input))
    .filter((decoded): decoded is SourceRecord => !isUnreadable(decoded))
}

/**
 * Answers a sample of the first records to be kept beside a feed, with nothing in fields of persons; undefined: they cannot be taken out
 * of this format, or it is too large.
 */
export function sampleFile(
  format: FormatDefinition,
  inputs: readonly Input[],
  { records, personal }: { readonly records: readonly SourceRecord[]; readonly personal: readonly string[] },
): SampleFile | undefined {
  const some = records.slice(0, SAMPLE_RECORDS)
  if (format.kind === 'json') {
    const values = some.map(({ value }) => without(value, personal))
    if (format.lines === true)
      return {
        name: 'sample.ndjson',
        bytes: Buffer.from(values.map((one) => `${JSON.stringify(one)}\n`).join('')),
      }
    return {
      name: 'sample.json',
      bytes: Buffer.from(`${JSON.stringify(within(format.path, values), null, 2)}\n`),
    }
  }
  if (format.kind === 'csv') {
    const names = Object.keys(some[0]?.value ?? {})
    const lines = some.map(({ value }) => {
      const row = without(value, personal) as JsonMap // a row of a table
      return names.map((name) => cellText(row[name] ?? ''))
    })
    const rows = [names.map(cellText), ...lines].map((cells) => cells.join(','))
    return { name: 'sample.csv', bytes: Buffer.from(`${rows.join('\n')}\n`) }
  }
  const [only, ...others] = inputs
  if (!only || others.length > 0 || personal.length > 0 || only.bytes.length > LARGEST_WHOLE) return undefined
  const ending = format.kind === 'features' ? extensionOf(only.name) : format.kind
  return { name: `sample.${ending}`, bytes: only.bytes }
}

/** A record without what fields of persons hold; of an object in it the member. */
function without(value: Json, fields: readonly string[], before = ''): Json {
  if (!isJsonMap(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) =>
      fields.includes(before + name) ? [name, ''] : [name, without(inner, fields, `${before}${name}.`)],
    ),
  )
}

function within(path: string | undefined, values: readonly Json[]): Json {
  if (path === undefined) return values
  return path.split('.').reduceRight<Json>((inner, name) => ({ [name]: inner }), values)
}

function cellText(cell: Json): string {
  const text = String(cell)
  return /[",\n\r]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text
}

function extensionOf(name: string): string {
  return /\.([a-z0-9]{2,8})$/i.exec(name)?.[1] ?? 'geojson'
}
