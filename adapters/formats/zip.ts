import { type UnzipFileInfo, unzipSync } from 'fflate'
import { RecordFault } from '../kit/values/fault.ts'

/** All that is taken out of one archive, bytes: what grows beyond it is meant to fill a memory. */
const LARGEST = 1_073_741_824
const MOST_FILES = 10_000
const MARK = [0x50, 0x4b, 0x03, 0x04] as const

/** Tells whether bytes begin as a ZIP archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return MARK.every((byte, at) => bytes[at] === byte)
}

/** Answers the files of an archive that are wanted, by their paths. @throws RecordFault when it is cut, or too large */
export function unzip(
  bytes: Uint8Array,
  isWanted: (path: string) => boolean = () => true,
  largest = LARGEST,
): ReadonlyMap<string, Uint8Array> {
  let [size, count] = [0, 0]
  const filter = ({ name, originalSize }: UnzipFileInfo): boolean => {
    if (name.endsWith('/') || !isWanted(name)) return false
    size += originalSize
    if (size > largest || ++count > MOST_FILES) throw new RecordFault('too-large', 'Archive is too large')
    return true
  }
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter })))
  } catch (error) {
    if (error instanceof RecordFault) throw error
    throw new RecordFault('unreadable', 'Archive is not a whole ZIP file', error)
  }
}
