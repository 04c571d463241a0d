import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { formatDateTime, type Micros } from '../../broker/core/model/time.ts'
import type { SigningKey } from '../signing-key.ts'
import { headFilesOf, readHeads } from './audit-files.ts'
import type { ChainEnd } from './chain-state.ts'
import { keepNewestHead } from './newest-head.ts'
import { headDocument, isGenuine, type SignedHead, signHead } from './signed-head.ts'

/** What the heads of a log are kept with. */
export interface HeadOptions {
  /** Of the log. */
  readonly folder: string
  /** The second place, outside the folder. */
  readonly heads: string
  readonly hub: string
  readonly key: SigningKey
  readonly clock: () => Micros
  /** Told of what went wrong. */
  readonly failed: (err: unknown, text: string) => void
  /** A third place, elsewhere than in these files; absent: none. */
  readonly witness?: HeadWitness
}

/** Somebody else who remembers a head. */
export interface HeadWitness {
  newest(): Promise<SignedHead | undefined>
  keep(head: SignedHead): Promise<void>
}

/** The heads of a log, in all their places. */
export interface KeptHeads {
  /** The newest one that any of the places had at the opening. */
  readonly found: SignedHead | undefined
  /** Heads that were signed for good. */
  readonly seals: number
  /** The log went on to here: it is signed a moment later, over what was signed so before. */
  wentOn(end: ChainEnd): void
  /** Signs where the log ends for good, if it went on since, and answers the newest such head. */
  seal(end: ChainEnd): Promise<SignedHead | undefined>
  close(): Promise<void>
}

const MODE = 0o640

/** Opens the places of the heads of a log. */
export async function openHeads(options: HeadOptions): Promise<KeptHeads> {
  const { folder, heads, hub, key, clock, failed, witness } = options
  await mkdir(dirname(heads), { recursive: true })
  const files = headFilesOf(folder, heads)
  const elsewhere = await witness?.newest()
  const all = (await Promise.all([...files.all, ...files.newest].map(readHeads))).flat()
  const found = newestOf(elsewhere ? [...all, elsewhere] : all)
  const sign = ({ seq, hash }: ChainEnd): SignedHead =>
    signHead({ hub, seq, hash, at: formatDateTime(clock()) }, key)
  const newest = keepNewestHead({ paths: files.newest, sign, failed })
  let last: SignedHead | undefined
  let seals = 0
  return {
    found,
    get seals() {
      return seals
    },
    wentOn: newest.wentOn,
    seal: async (end) => {
      if (end.seq === 0 || last?.seq === end.seq) return last
      const head = sign(end)
      for (const path of files.all) await appendLine(path, JSON.stringify(headDocument(head)))
      last = head
      seals++
      await witness?.keep(head)
      return head
    },
    close: newest.close,
  }
}

function newestOf(heads: readonly SignedHead[]): SignedHead | undefined {
  return heads
    .filter(isGenuine)
    .reduce<SignedHead | undefined>((one, other) => (one && one.seq >= other.seq ? one : other), undefined)
}

async function appendLine(path: string, line: string): Promise<void> {
  const file = await open(path, 'a', MODE)
  try {
    await file.write(`${line}\n`)
    await file.datasync()
  } finally {
    await file.close()
  }
}
