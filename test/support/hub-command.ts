import { spawn } from 'node:child_process'
import { uncovered } from './hub-process.ts'

const PROGRAM = new URL('../../broker/cli/main.js', import.meta.url).pathname

/** What a command said, on both its outputs, and how it ended. */
export interface FinishedCommand {
  readonly code: number | null
  readonly output: string
}

/** Runs a command of the hub in a process of its own; `says`: is told what it says, and may kill it. */
export function hubCommand(
  parameters: readonly string[],
  says?: (output: string, kill: () => void) => void,
): Promise<FinishedCommand> {
  const child = spawn(process.execPath, [PROGRAM, ...parameters], { env: uncovered })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      output += String(text)
      says?.(output, () => child.kill('SIGKILL'))
    })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })))
}
