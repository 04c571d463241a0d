import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { packageRoot } from '../../ontology/package-root.ts'
import { freePort, withPorts } from './free-port.ts'
import { type GuideBlock, guideBlocks, isPrinted } from './guide-blocks.ts'
import { uncovered } from './hub-process.ts'
import { temporaryFolder } from './stores.ts'

const HUB = join(packageRoot, 'broker', 'cli', 'hub.js')
const LATE_MS = 100_000
const MARK = '--- block ends ---'
/** Where a page itself says on which port something will listen. */
const OWN_PORT = /(?:--port |\.listen\(|port: )(\d{4,5})\b/g

/**
 * What every page is run with. A command that fails is noted, unless its page asks whether it does; so is an answer of
 * a hub that is a refusal. Tokens of accounts are got once.
 */
const PRELUDE = `set -uE -o pipefail
trap 'echo "\${GUIDE_BLOCK:-0} $BASH_COMMAND" >>"$GUIDE_FAILURES"' ERR
token() { [ -s "$GUIDE_TOKENS/$1" ] || "$GUIDE_NODE" "$GUIDE_HUB" token "$1" >"$GUIDE_TOKENS/$1" && cat "$GUIDE_TOKENS/$1"; }
curl() { case " $* " in *" -sf "*|*" -f "*) command curl "$@" ;; *) command curl --fail-with-body "$@" ;; esac; }
`

/** Hubs that run while a page is read. */
export interface Running {
  /** Ports as pages say them, and where they are here. */
  readonly ports: ReadonlyMap<string, string>
  /** Folder with the data of each hub. */
  readonly data?: string
  /** Folder that keeps tokens of accounts for the pages that follow. */
  readonly tokens?: string
}

/** A page whose blocks are run, literally but for its ports, in a folder like a checkout of its own. */
export class GuidePage {
  readonly folder = temporaryFolder()
  readonly blocks: readonly GuideBlock[]
  readonly #ports: ReadonlyMap<string, string>
  readonly #environment: NodeJS.ProcessEnv
  readonly #children: ChildProcess[] = []

  private constructor(blocks: readonly GuideBlock[], { ports, data, tokens }: Running) {
    this.blocks = blocks
    this.#ports = ports
    this.#environment = {
      ...uncovered,
      HUB_URL: this.here('http://127.0.0.1:1027'),
      HUB_ISSUER: this.here('http://127.0.0.1:1026'),
      GUIDE_NODE: process.execPath,
      GUIDE_HUB: HUB,
      GUIDE_TOKENS: tokens ?? temporaryFolder(),
      GUIDE_FAILURES: join(this.folder, 'failures'),
    }
    checkout(this.folder, { here: (text) => this.here(text), ...(data && { data }) })
  }

  /** Opens a page of a file; what it does not start itself runs already. */
  static async open(file: string, running: Running): Promise<GuidePage> {
    const page = readFileSync(join(packageRoot, file), 'utf8')
    const blocks = guideBlocks(page)
    const kept = blocks.filter((block) => block.language === 'sh' || block.file !== undefined)
    const own = kept.flatMap(({ text }) => [...text.matchAll(OWN_PORT)].map(([, port = '']) => port))
    const ports = new Map(running.ports)
    for (const port of new Set(own)) ports.set(port, String(await freePort()))
    const { data, ...shared } = running
    return new GuidePage(blocks, { ...shared, ports, ...(own.length === 0 && data && { data }) })
  }

  /** All commands and lines of commands. */
  get lines(): readonly string[] {
    return this.blocks
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => text.split('\n').filter((line) => line !== ''))
  }

  /** A text of the page as it is here. */
  here(text: string): string {
    return withPorts(text, this.#ports)
  }

  start(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(program, args, {
      cwd: this.folder,
      env: this.#environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#children.push(child)
    return child
  }

  /** Runs all blocks in one shell, in their order. @throws Error that says of each block that failed what it printed */
  async run(): Promise<void> {
    const blocks = this.blocks.filter((block) => block.file !== undefined || isRun(block))
    if (blocks.length === 0) return
    const script = blocks.map((block, at) => `GUIDE_BLOCK=${at}\n${this.#commands(block)}echo '${MARK}'\n`)
    const shell = this.start('bash', ['-c', PRELUDE + script.join('')])
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
    // what a page takes back is of no use to those that follow
    const { GUIDE_TOKENS = '' } = this.#environment
    if (this.lines.some((line) => line.includes('--withdraw')))
      for (const name of readdirSync(GUIDE_TOKENS)) rmSync(join(GUIDE_TOKENS, name), { recursive: true })
    const printed = output.split(`${MARK}\n`)
    const file = join(this.folder, 'failures')
    const failures = existsSync(file) ? readFileSync(file, 'utf8') : ''
    const faults = blocks.flatMap((block, at) => {
      const said = printed[at] ?? ''
      const failed = failures.split('\n').filter((line) => line.startsWith(`${at} `))
      const reason =
        at + 1 >= printed.length
          ? 'was not run to its end'
          : block.prints
            ? !isPrinted(said, { ...block.prints, text: this.here(block.prints.text) }) &&
              'prints something else'
            : failed.length > 0 && `failed: ${failed.join('; ')}`
      return reason ? [`Block of line ${block.line} ${reason}\n${said}`] : []
    })
    if (faults.length > 0) throw new Error([...faults, errors].join('\n'))
  }

  #commands({ file, text }: GuideBlock): string {
    const commands = this.here(text)
    if (file !== undefined)
      return `mkdir -p '${dirname(file)}'\ncat >'${file}' <<'${MARK}'\n${commands}${MARK}\n`
    const run = commands
      .replaceAll('npx hub token', 'token')
      .replaceAll('npx hub', '"$GUIDE_NODE" "$GUIDE_HUB"')
    return `${run}[ $? = 0 ] || echo "$GUIDE_BLOCK its last command" >>"$GUIDE_FAILURES"\n`
  }

  /** Ends all that was started, and removes the folder. */
  close(): void {
    for (const { pid } of this.#children) end(pid)
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Tells whether a block is one of commands, and whether all that it needs is here. */
export function isRun({ language, needs }: GuideBlock): boolean {
  return language === 'sh' && (needs === undefined || hasProgram(needs))
}

/** Makes a folder look like a checkout whose hubs have their data there; its configuration is its own. */
export function checkout(
  folder: string,
  { here, data }: { readonly here: (text: string) => string; readonly data?: string },
): void {
  for (const name of readdirSync(packageRoot))
    if (!['data', 'config', '.git'].includes(name)) symlinkSync(join(packageRoot, name), join(folder, name))
  cpSync(join(packageRoot, 'config'), join(folder, 'config'), { recursive: true })
  const demonstration = join(folder, 'config/demo')
  for (const name of readdirSync(demonstration)) {
    const file = join(demonstration, name)
    // modules of feeds are found from where they really are
    const text = readFileSync(file, 'utf8').replaceAll('../../adapters/', `${join(packageRoot, 'adapters')}/`)
    writeFileSync(file, here(text))
  }
  if (data === undefined) mkdirSync(join(folder, 'data'))
  else symlinkSync(data, join(folder, 'data'))
}

function hasProgram(name: string): boolean {
  return (
    !name.includes(' ') &&
    (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))
  )
}

/** All of a process group: what a shell started goes with it. */
function end(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // it is gone
  }
}
