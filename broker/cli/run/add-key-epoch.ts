import { randomBytes } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { type EndedEpochs, withNextEpoch } from '../../../security/masking/key-epochs.ts'
import { CommandFailure } from '../command-failure.ts'

/** Adds an epoch with a new secret to a file of keys, all or nothing. @throws CommandFailure for what is wrong with the file */
export async function addKeyEpoch(
  path: string,
  { name, from, ended }: { readonly name: string; readonly from: number; readonly ended?: EndedEpochs },
): Promise<string> {
  const before = await readFile(path, 'utf8').catch(() => '')
  const text = nextText(before, { name, from, secret: randomBytes(32) }, ended)
  const beside = `${path}.next`
  const file = await open(beside, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
  return name
}

function nextText(
  before: string,
  next: Parameters<typeof withNextEpoch>[1],
  ended: EndedEpochs | undefined,
): string {
  try {
    return withNextEpoch(before, next, { now: Date.now(), ended })
  } catch (error) {
    throw new CommandFailure(error instanceof Error ? error.message : String(error))
  }
}
