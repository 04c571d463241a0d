import { constants, type FileHandle, open } from 'node:fs/promises'
import type { ChainEnd } from './chain-state.ts'
import { headDocument, type SignedHead } from './signed-head.ts'

/** What the newest head of a log is kept with. */
export interface NewestHeadParts {
  /** Files that hold it, and nothing else. */
  readonly paths: readonly string[]
  readonly sign: (end: ChainEnd) => SignedHead
  readonly failed: (err: unknown, text: string) => void
}

/** Signs where a log ends a moment after it went on, in place of what was signed so before. */
export interface NewestHead {
  wentOn(end: ChainEnd): void
  close(): Promise<void>
}

const MODE = 0o640
const KEPT = constants.O_RDWR | constants.O_CREAT
/** So far apart it is written: what it does not vouch for yet is no older. */
const APART_MILLISECONDS = 25
/** It is written over the one before, and is never shorter. */
const BLOCK = 512

/** Keeps the newest head of a log in files. Nobody waits for them: they are behind the log, never ahead of it. */
export function keepNewestHead({ paths, sign, failed }: NewestHeadParts): NewestHead {
  const files = new Map<string, FileHandle>()
  let end: ChainEnd | undefined
  let signed = 0
  let began = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined

  function wentOn(to: ChainEnd): void {
    end = to
    if (writing || timer) return
    const left = began + APART_MILLISECONDS - performance.now()
    if (left <= 0) begin(to)
    else timer = setTimeout(goOn, left).unref()
  }

  function goOn(): void {
    timer = undefined
    if (end && end.seq !== signed) begin(end)
  }

  function begin(to: ChainEnd): void {
    began = performance.now()
    signed = to.seq
    writing = keep(sign(to))
      .catch((err: unknown) => failed(err, 'newest head of the audit log cannot be kept'))
      .finally(() => {
        writing = undefined
        if (end && end.seq !== signed) wentOn(end)
      })
  }

  async function keep(head: SignedHead): Promise<void> {
    const line = `${JSON.stringify(headDocument(head))}\n`
    const bytes = Buffer.alloc(Math.ceil(Buffer.byteLength(line) / BLOCK) * BLOCK, ' ')
    bytes.write(line)
    for (const path of paths) {
      const opened = files.get(path)
      const file = opened ?? (await open(path, KEPT, MODE))
      files.set(path, file)
      await file.write(bytes, 0, bytes.length, 0)
      if (!opened) await file.truncate(bytes.length)
    }
  }

  return {
    wentOn,
    close: async () => {
      end = undefined
      clearTimeout(timer)
      await writing
      for (const file of files.values()) await file.close()
    },
  }
}
