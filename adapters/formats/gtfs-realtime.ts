import { RecordFault } from '../kit/values/fault.ts'
import type { JsonMap } from '../kit/values/json.ts'
import type { Decoded, Format } from './format.ts'
import { ENTITY, HEADER } from './gtfs-realtime-messages.ts'
import { bytesOf, fieldsIn, pass, readMessage } from './protobuf.ts'

/** Numbers of the fields of a FeedMessage. */
const [HEADER_FIELD, ENTITY_FIELD] = [1, 2]

/**
 * GTFS-Realtime 2.0: a FeedMessage of Protocol Buffers. Records are its entities, each with the timestamp of the header and the
 * fields that the protocol does not have; what comes before a cut is read.
 */
export const gtfsRealtime: Format = {
  readsName: false,
  decode: decodeFeed,
  decodeOne: (raw, preamble) => decodeEntity(raw, preamble ?? new Uint8Array()),
}

function decodeFeed(bytes: Uint8Array): readonly Decoded[] {
  const entities: Uint8Array[] = []
  let header: Uint8Array = new Uint8Array()
  const faults: Decoded[] = []
  try {
    for (const { number, reader } of fieldsIn(bytes)) {
      if (number === HEADER_FIELD) header = bytesOf(reader)
      else if (number === ENTITY_FIELD) entities.push(bytesOf(reader))
      else pass(reader)
    }
    if (header.length === 0) throw new RecordFault('unreadable', 'Message has no header of GTFS-Realtime')
  } catch (fault) {
    if (!(fault instanceof RecordFault)) throw fault
    faults.push({ raw: bytes, fault })
    if (header.length === 0) return faults
  }
  return [...entities.map((entity) => decodeEntity(entity, header)), ...faults]
}

function decodeEntity(raw: Uint8Array, preamble: Uint8Array): Decoded {
  try {
    const { value, unknown } = readMessage(raw, ENTITY)
    return { raw, preamble, value: { ...value, ...headerOf(preamble), unknown } }
  } catch (fault) {
    if (!(fault instanceof RecordFault)) throw fault
    return { raw, preamble, fault }
  }
}

function headerOf(bytes: Uint8Array): JsonMap {
  return { header: readMessage(bytes, HEADER).value }
}
