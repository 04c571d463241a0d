import { RecordFault } from '../kit/values/fault.ts'
import { type Decoded, type Format, type InputName, isUnreadable } from './format.ts'

/** Reads an input as one record, the list of what it holds; where any of it cannot be read there is none. */
export function asOne(format: Format): Format {
  const decoded = (raw: Uint8Array, input: InputName): Decoded => {
    const values = []
    for (const record of format.decode(raw, input)) {
      if (isUnreadable(record)) return { raw, fault: faultOf(record) }
      values.push(record.value)
    }
    return { raw, value: values }
  }
  return {
    readsName: true,
    decode: (bytes, input) => [decoded(bytes, input)],
    decodeOne: (raw, _preamble, input) => decoded(raw, input),
  }
}

function faultOf({ line, fault }: { readonly line?: number; readonly fault: RecordFault }): RecordFault {
  const where = line === undefined ? '' : `, line ${line}`
  return new RecordFault(fault.reason, `Input cannot be read as a whole${where}: ${fault.message}`, fault)
}
