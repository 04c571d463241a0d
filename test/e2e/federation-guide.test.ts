import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../ontology/package-root.ts'
import { freePort } from '../support/free-port.ts'
import { uncovered } from '../support/hub-process.ts'
import { temporaryFolder } from '../support/stores.ts'

const BROKER = new URL('../support/odd-broker-program.js', import.meta.url).pathname
const HUB = join(packageRoot, 'broker', 'cli', 'hub.js')
const PORTS = ['1026', '1027', '1030'] as const
const LATE_MS = 50_000
const MARK = '--- block ends ---'

/** Commands of the page, and what they print by its word, if it says so. */
interface Block {
  readonly heading: string
  readonly commands: string
  readonly prints?: string
}

function blocksOf(page: string): readonly Block[] {
  return page.split(/^## /m).flatMap((section) => {
    const [heading = ''] = section.split('\n')
    return [...section.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```\n([\s\S]*?)^```)?/gm)].map(
      ([, commands = '', prints]) => ({ heading, commands, ...(prints !== undefined && { prints }) }),
    )
  })
}

describe('docs/guide/federation.md', () => {
  const folder = temporaryFolder()
  const children: ChildProcess[] = []
  after(async () => {
    for (const { pid } of children) if (pid !== undefined) end(pid)
    rmSync(folder, { recursive: true, force: true })
  })

  /** All of a process group: what a shell started goes with it. */
  function end(pid: number): void {
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // it is gone
    }
  }

  function run(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(program, args, {
      cwd: folder,
      env: uncovered,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.push(child)
    return child
  }

  it('prints what it says, beside a foreign broker', async () => {
    const ports = await Promise.all(PORTS.map(freePort))
    const here = (text: string): string =>
      PORTS.reduce((changed, port, at) => changed.replaceAll(port, String(ports[at])), text)
    const broker = run(process.execPath, [BROKER, '--port', String(ports[2]), '--version', '1.3'])
    await once(broker.stdout ?? broker, 'data')
    const blocks = blocksOf(readFileSync(join(packageRoot, 'docs/guide/federation.md'), 'utf8'))
    expect(blocks.length).to.be.greaterThan(5)
    const hub = `"${process.execPath}" "${HUB}"`
    const script = blocks.map(
      ({ commands }) => `${here(commands).replaceAll('npx hub', hub)}echo '${MARK}'\n`,
    )
    const shell = run('bash', ['-c', `${script.join('')}`])
    let output = ''
    let errors = ''
    shell.stdout?.on('data', (chunk) => {
      output += chunk
    })
    shell.stderr?.on('data', (chunk) => {
      errors += chunk
    })
    const late = setTimeout(() => end(shell.pid ?? 0), LATE_MS) // what it has printed by then tells where it waits
    await once(shell, 'exit')
    clearTimeout(late)
    const printed = output.split(`${MARK}\n`)
    for (const [at, { heading, commands, prints }] of blocks.entries())
      if (prints !== undefined)
        expect(printed[at], `${heading}\n${commands}\n${errors}`).to.equal(here(prints))
  })
})
