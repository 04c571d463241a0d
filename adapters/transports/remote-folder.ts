import path from 'node:path'
import type { FileEntry } from './folder.ts'
import { SourceFault } from './transport.ts'

/** What a folder of a server has in it, one level. */
export interface RemoteItem {
  readonly name: string
  readonly isFolder: boolean
  readonly size: number
  readonly changed: string
}

/** What is looked into, and how much of it. */
export interface RemoteBounds {
  /** Folders named by days before so many days ago are left out. */
  readonly days?: number
  readonly maxFiles: number
}

const MOST_LEVELS = 8

/** Lists the files of a folder and those in it, as paths from that folder on. @throws SourceFault when there are too many */
export async function listRemote(
  items: (folder: string) => Promise<readonly RemoteItem[]>,
  { days, maxFiles }: RemoteBounds,
): Promise<readonly FileEntry[]> {
  const entries: FileEntry[] = []
  const first = days === undefined ? '' : dayBefore(new Date(), days)
  const folders = ['']
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    for (const { name, isFolder, ...rest } of await items(folder)) {
      const place = path.posix.join(folder, name)
      if (!isSafe(name)) continue
      if (!isFolder) entries.push({ path: place, ...rest })
      else if (place.split('/').length < MOST_LEVELS && !isBefore(place, first)) folders.push(place)
    }
    if (entries.length > maxFiles) throw new SourceFault(`Folder has more than ${maxFiles} files`)
  }
  return entries
}

/** Names are what a server says: none leads out of the folder. */
function isSafe(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0\r\n]/.test(name)
}

function dayBefore(now: Date, days: number): string {
  return new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
}

const DAY = /(?:^|\/)(20\d\d)[-_/]?([01]\d)(?:[-_/]?([0-3]\d))?$/

/** Tells whether the end of a path is a day, or a month, that ended before a day: 2025/11/15, 20251115, 2025-11. */
export function isBefore(place: string, first: string): boolean {
  const found = DAY.exec(place)
  if (!found || first === '') return false
  const [, year = '', month = '', day = '31'] = found
  return `${year}${month}${day}` < first
}
