import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { packageRoot } from '../../ontology/package-root.ts'
import { freePort } from '../support/free-port.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { startHubProcess, uncovered } from '../support/hub-process.ts'

/** The command as it was compiled with this test. */
const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'broker', 'cli', 'main.js')
const STATIONS = 3
const LINES = 8_000

interface Finished {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

interface Started {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  /** Answers once it said that so many lines are kept, or ended. */
  keptSome(): Promise<void>
}

function start(...args: readonly string[]): Started {
  const child = spawn(process.execPath, [PROGRAM, 'import', '--account', '', ...args], {
    cwd: packageRoot,
    env: uncovered,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const kept = new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk) => {
      errors += chunk
      if (errors.includes('kept up to line')) resolve()
    })
    child.once('close', () => resolve())
  })
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, output, errors }))
  return { child, finished, keptSome: () => kept }
}

describe('e2e: hub import', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-import-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  const file = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const time = (line: number) => new Date(Date.UTC(2020, 0, 1) + line * 60_000).toISOString()
  const id = (line: number) => `urn:ngsi-ld:Station:import:${line % STATIONS}`
  const table = (lines: number) =>
    `id,type,observedAt,pm25,note\n${Array.from(
      { length: lines },
      (_, line) => `${id(line)},Station,${time(line)},${line % 97},"line ${line},\nof ""${lines}"""\n`,
    ).join('')}`

  type Ask = (path: string) => Promise<{ readonly status: number; readonly body: unknown }>
  /** All that history has of the stations, times of the system aside. */
  async function historyOf(ask: Ask): Promise<readonly unknown[]> {
    const found: unknown[] = []
    for (let station = 0; station < STATIONS; station++)
      for (let from = time(0); ; ) {
        const search = `timerel=after&timeAt=${from}&format=temporalValues&pick=pm25,note`
        const { status, body } = await ask(`/ngsi-ld/v1/temporal/entities/${id(station)}?${search}`)
        const { pm25, note } = body as Record<string, { values: readonly (readonly [unknown, string])[] }>
        found.push(pm25?.values, note?.values)
        const last = pm25?.values.at(-1)?.[1]
        if (status !== 206 || last === undefined) break
        from = last === from ? time(LINES) : last
      }
    return found
  }
  const asking =
    (hub: TestHub): Ask =>
    (path) =>
      hub.send(path)

  describe('killed in the middle and run again', () => {
    let unbroken: TestHub
    const path = () => join(folder, 'stations.csv')
    before(async () => {
      file('stations.csv', table(LINES))
      unbroken = await startTestHub({ 'context.default': 'core' })
      const { code, output, errors } = await start('--hub', unbroken.url, path()).finished
      expect(errors).to.equal(`kept up to line ${2 * LINES + 1}\n`)
      expect(output).to.equal(`lines ${LINES}, instances ${2 * LINES}, unchanged 0, rejected 0\n`)
      expect(code).to.equal(0)
    })
    after(() => unbroken.stop())

    it('leaves the history of an unbroken run, and a further run changes nothing', async () => {
      const hub = await startTestHub({ 'context.default': 'core' })
      try {
        const args = ['--hub', hub.url, '--lines', '1000', path()]
        const broken = start(...args)
        await broken.keptSome()
        broken.child.kill('SIGKILL')
        expect((await broken.finished).code).to.equal(null)
        const whole = await start(...args).finished
        expect(whole.code, whole.errors).to.equal(0)
        expect(whole.output).to.match(
          new RegExp(`^lines ${LINES}, instances ${2 * LINES}, unchanged [1-9]\\d*, rejected 0\\n$`),
        )
        expect(await historyOf(asking(hub))).to.deep.equal(await historyOf(asking(unbroken)))
        const again = await start(...args).finished
        expect(again.output).to.equal(
          `lines ${LINES}, instances ${2 * LINES}, unchanged ${2 * LINES}, rejected 0\n`,
        )
      } finally {
        await hub.stop()
      }
    })

    it('goes on from the line that it says when the hub was killed', async () => {
      const options = {
        data: join(folder, 'killed'),
        port: await freePort(),
        settings: { HUB_CONTEXT_DEFAULT: 'core' },
      }
      const args = ['--hub', `http://127.0.0.1:${options.port}`, '--patience', '0', '--lines', '1000', path()]
      const killed = await startHubProcess(options)
      const broken = start(...args)
      await broken.keptSome()
      await killed.kill()
      const { code, output, errors } = await broken.finished
      expect({ code, output }).to.deep.equal({ code: 1, output: '' })
      expect(errors).to.match(
        /does not answer: is it running\?\nEverything up to line \d+ is kept: go on with --from-line \d+\n$/,
      )
      const from = /--from-line (\d+)/.exec(errors)?.[1] ?? ''
      const hub = await startHubProcess(options)
      try {
        const rest = await start('--from-line', from, ...args).finished
        expect(rest.code, rest.errors).to.equal(0)
        const lines = LINES - (Number(from) - 2) / 2
        expect(rest.output).to.match(
          new RegExp(`^lines ${lines}, instances ${2 * lines}, unchanged \\d+, rejected 0\n$`),
        )
        const ask: Ask = (asked) => hub.send('GET', asked)
        expect(await historyOf(ask)).to.deep.equal(await historyOf(asking(unbroken)))
      } finally {
        await hub.stop()
      }
    })

    it('waits for a hub that comes back', async () => {
      const options = {
        data: join(folder, 'waited'),
        port: await freePort(),
        settings: { HUB_CONTEXT_DEFAULT: 'core' },
      }
      const waiting = start('--hub', `http://127.0.0.1:${options.port}`, '--lines', '5000', path())
      await new Promise((resolve) => setTimeout(resolve, 500))
      const hub = await startHubProcess(options)
      try {
        expect((await waiting.finished).code).to.equal(0)
      } finally {
        await hub.stop()
      }
    })
  })

  describe('with lines of JSON', () => {
    let hub: TestHub
    before(async () => {
      hub = await startTestHub({ 'context.default': 'core' })
    })
    after(() => hub.stop())

    const line = (at: number) => `{"id":"${id(0)}","type":"Station","observedAt":"${time(at)}","level":${at}}`

    it('tells rejected lines by their numbers in the file, with exit code 1', async () => {
      const lines = Array.from({ length: 25 }, (_, at) => (at % 10 === 7 ? '{"no":1}' : line(at)))
      const path = file('some.ndjson', lines.join('\n'))
      const { code, output, errors } = await start('--hub', hub.url, '--lines', '4', '--from-line', '3', path)
        .finished
      expect(code).to.equal(1)
      expect(output).to.equal(
        [
          'lines 23, instances 21, unchanged 0, rejected 2',
          '  line 8: Entity has no id',
          '  line 18: Entity has no id',
          '',
        ].join('\n'),
      )
      expect(errors.split('\n').slice(-4)).to.deep.equal([
        'kept up to line 22',
        'kept up to line 25',
        'Lines that were rejected: 2',
        '',
      ])
    })

    it('says what is refused, and that nothing is kept', async () => {
      const path = file('bad.csv', `id,type,observedAt\n${id(0)},Station,${time(0)}\n`)
      const { code, output, errors } = await start('--hub', hub.url, path).finished
      expect({ code, output }).to.deep.equal({ code: 1, output: '' })
      expect(errors).to.equal(
        `Hub ${hub.url} refuses: Header line names no attribute\nEverything up to line 0 is kept: go on with --from-line 1\n`,
      )
    })

    it('asks for a form that the name does not tell', async () => {
      const { code, errors } = await start('--hub', hub.url, file('some.txt', line(1))).finished
      expect(code).to.equal(2)
      expect(errors).to.include('say --as csv or --as ndjson')
    })

    it('says that a file is not there, or is none', async () => {
      const none = join(folder, 'none.csv')
      const absent = await start('--hub', hub.url, none).finished
      expect([absent.code, absent.errors]).to.deep.equal([1, `File ${none} is not there\n`])
      const other = await start('--hub', hub.url, '--as', 'csv', folder).finished
      expect([other.code, other.errors]).to.deep.equal([1, `${folder} is a folder: give one file\n`])
    })
  })
})
