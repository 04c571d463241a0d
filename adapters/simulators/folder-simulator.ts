import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Message, Simulator, WayFault } from './simulator.ts'
import { halfOf } from './spoil.ts'

/** A folder that other programs put files into: each is there at once, under its name. */
export async function folderSimulator(folder: string): Promise<Simulator> {
  const away = `${folder}.away`
  await mkdir(folder, { recursive: true })
  let fault: WayFault | undefined
  let unfinished: (() => Promise<void>)[] = []
  const put = async ({ name, bytes }: Message): Promise<void> => {
    const file = path.join(fault === 'down' ? away : folder, name)
    await mkdir(path.dirname(file), { recursive: true })
    if (fault === 'half' || fault === 'slow') {
      // half of it lies there until somebody goes on writing; what is slow has a name that says so
      const begun = fault === 'slow' ? `${file}.part` : file
      await writeFile(begun, halfOf(bytes))
      unfinished.push(async () => {
        await writeFile(begun, bytes)
        if (begun !== file) await rename(begun, file)
      })
      return
    }
    await writeFile(`${file}.part`, bytes)
    await rename(`${file}.part`, file)
  }
  return {
    place: folder,
    variables: { inputs: folder },
    give: async (messages) => {
      for (const message of messages) await put(message)
    },
    breaks: async (next) => {
      if (fault === 'down' && next !== 'down') await rename(away, folder)
      if (fault !== 'down' && next === 'down') await rename(folder, away)
      fault = next
      const rest = unfinished
      unfinished = []
      for (const finish of rest) await finish()
    },
    stop: async () => undefined,
  }
}
