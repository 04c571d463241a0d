import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../ontology/package-root.ts'
import { freePort } from './free-port.ts'
import { uncovered } from './hub-process.ts'
import { temporaryFolder } from './stores.ts'

const HUB = join(packageRoot, 'broker', 'cli', 'hub.js')
const LATE_MS = 50_000
const MARK = '--- block ends ---'

/** Commands of a page, and what they print by its word, if it says so. */
interface Block {
  readonly heading: string
  readonly commands: string
  readonly prints?: string
}

/** A page of the guide whose commands are run, literally but for its ports, in a folder of its own. */
export class GuidePage {
  readonly folder = temporaryFolder()
  readonly #blocks: readonly Block[]
  readonly #children: ChildProcess[] = []
  readonly #ports = new Map<string, string>()

  constructor(name: string) {
    this.#blocks = blocksOf(readFileSync(join(packageRoot, 'docs/guide', name), 'utf8'))
  }

  /** All commands and lines of commands. */
  get lines(): readonly string[] {
    return this.#blocks.flatMap(({ commands }) => commands.split('\n').filter((line) => line !== ''))
  }

  /** Puts free ports in the place of those of the page, before anything runs. */
  async takePorts(ports: readonly string[]): Promise<void> {
    for (const port of ports) this.#ports.set(port, String(await freePort()))
  }

  /** A text of the page as it is here. */
  here(text: string): string {
    return [...this.#ports].reduce((changed, [port, free]) => changed.replaceAll(port, free), text)
  }

  start(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(program, args, {
      cwd: this.folder,
      env: uncovered,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#children.push(child)
    return child
  }

  /** Runs all commands in one shell, and compares what they print with what the page says. */
  async run(): Promise<void> {
    const hub = `"${process.execPath}" "${HUB}"`
    const script = this.#blocks.map(
      ({ commands }) => `${this.here(commands).replaceAll('npx hub', hub)}echo '${MARK}'\n`,
    )
    const shell = this.start('bash', ['-c', script.join('')])
    let [output, errors] = ['', '']
    shell.stdout?.on('data', (chunk) => {
      output += chunk
    })
    shell.stderr?.on('data', (chunk) => {
      errors += chunk
    })
    const late = setTimeout(() => end(shell.pid), LATE_MS) // what it has printed by then tells where it waits
    await once(shell, 'exit')
    clearTimeout(late)
    const printed = output.split(`${MARK}\n`)
    for (const [at, { heading, commands, prints }] of this.#blocks.entries())
      if (prints !== undefined)
        expect(printed[at], `${heading}\n${commands}\n${errors}`).to.equal(this.here(prints))
  }

  /** Ends all that was started, and removes the folder. */
  close(): void {
    for (const { pid } of this.#children) end(pid)
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function blocksOf(page: string): readonly Block[] {
  return page.split(/^## /m).flatMap((section) => {
    const [heading = ''] = section.split('\n')
    return [...section.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```\n([\s\S]*?)^```)?/gm)].map(
      ([, commands = '', prints]) => ({ heading, commands, ...(prints !== undefined && { prints }) }),
    )
  })
}

/** All of a process group: what a shell started goes with it. */
function end(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // it is gone
  }
}
