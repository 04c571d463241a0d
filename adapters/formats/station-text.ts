import { RecordFault } from '../kit/values/fault.ts'
import type { JsonMap } from '../kit/values/json.ts'
import { toUtc } from '../kit/values/local-time.ts'
import { toNumber } from '../kit/values/measure.ts'
import type { Decoded, Format, InputName } from './format.ts'
import type { Line } from './text.ts'
import { decodeText, splitLines } from './text.ts'

/** Device status of Circular 10/2021/TT-BTNMT by the code on the wire; a line without one was measured. */
const STATUSES: Readonly<Record<string, string>> = {
  '00': 'measuring',
  '01': 'calibrating',
  '02': 'deviceError',
}

/** Units after which a line without a line end is known to be whole. */
const WHOLE_UNITS = new Set([
  '-',
  '%',
  'mg/l',
  'ug/m3',
  'µg/m3',
  'mg/m3',
  'mg/nm3',
  'm3/h',
  'm3/s',
  'oc',
  '°c',
])

const TIME = /^\d{14}$/
const FILE_NAME =
  /^(?<province>[A-Za-z0-9]+)_(?<station>[A-Za-z0-9_-]+)_(?<kind>[A-Za-z0-9-]+)_\d{8,14}\.[A-Za-z]+$/

/** The words of one line, by what they mean. */
interface Reading {
  readonly parameter: string
  readonly value: string
  readonly unit?: string
  readonly time: string
  readonly status?: string
}

/** Station files of automatic environmental monitoring (Circular 10/2021/TT-BTNMT, Annex 15). */
export const stationText: Format = {
  readsName: true,
  decode: (bytes, input) => {
    const lines = splitLines(bytes)
    const station = stationOf(input)
    return lines.map((line, at) => decodeLine(line, station, lines[at - 1]))
  },
  decodeOne: (raw, _preamble, input) =>
    decodeLine({ bytes: raw, number: 1, terminated: true }, stationOf(input)),
}

function decodeLine(line: Line, station: JsonMap, before?: Line): Decoded {
  const place = { raw: line.bytes, line: line.number }
  try {
    const words = wordsOf(line)
    if (!line.terminated) checkWhole(words, before && wordsOf(before).length)
    return { value: Object.assign({}, station, recordOf(readingOf(words))), ...place }
  } catch (fault) {
    if (!(fault instanceof RecordFault)) throw fault
    return { fault: new RecordFault('unreadable', fault.message, fault), ...place }
  }
}

function wordsOf(line: Line): readonly string[] {
  return decodeText(line.bytes).trim().split(/\s+/)
}

/** Nothing of a name that is not as the circular has it: the feed may know whose it is. */
function stationOf({ name }: InputName): JsonMap {
  const { province, station, kind } = FILE_NAME.exec(name)?.groups ?? {}
  return station === undefined ? {} : { province: province ?? '', station, kind: kind ?? '' }
}

/** Line : param value unit time [status] | param value time [status] | time param value unit | time param value */
function readingOf(words: readonly string[]): Reading {
  const [first = '', second = '', third = '', fourth, fifth] = words
  if (words.length > 5) throw unreadable('Line has more than five words')
  if (TIME.test(first) && words.length >= 3 && words.length <= 4) {
    return { time: first, parameter: second, value: third, ...(fourth !== undefined && { unit: fourth }) }
  }
  if (TIME.test(third) && words.length <= 4) {
    return { parameter: first, value: second, time: third, ...(fourth !== undefined && { status: fourth }) }
  }
  if (fourth !== undefined && TIME.test(fourth)) {
    const status = fifth === undefined ? {} : { status: fifth }
    return { parameter: first, value: second, unit: third, time: fourth, ...status }
  }
  throw unreadable('Line has no time yyyyMMddHHmmss where one is expected')
}

function recordOf(reading: Reading): JsonMap {
  const status = STATUSES[reading.status ?? '00']
  if (status === undefined) throw unreadable('Status is none of 00, 01 and 02')
  return {
    parameter: reading.parameter,
    value: status === 'deviceError' ? null : toNumber(reading.value),
    unit: reading.unit === undefined || reading.unit === '-' ? null : reading.unit,
    observedAt: toUtc(reading.time, 'yyyyMMddHHmmss'),
    status,
  }
}

/** A last line without a line end may be cut: it is only taken when nothing can be missing. @throws RecordFault */
function checkWhole(words: readonly string[], usualLength: number | undefined): void {
  const last = words.at(-1) ?? ''
  const endsWhole = TIME.test(words[0] ?? '')
    ? words.length === 4 && WHOLE_UNITS.has(last.toLowerCase())
    : TIME.test(last) || STATUSES[last] !== undefined
  const sameShape = usualLength === undefined || usualLength === words.length
  if (!endsWhole || !sameShape) throw unreadable('Last line of the file may be cut')
}

function unreadable(text: string): RecordFault {
  return new RecordFault('unreadable', text)
}
