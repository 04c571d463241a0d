import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { parse } from 'yaml'
import { packageRoot } from '../../ontology/package-root.ts'
import { until } from '../support/until.ts'

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'broker', 'cli', 'main.js')

describe('e2e: hub simulate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-simulate-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  function start(...args: readonly string[]) {
    const child = spawn(process.execPath, [PROGRAM, 'simulate', ...args, '--folder', folder], {
      cwd: packageRoot,
    })
    const run = { child, output: '', errors: '', ended: once(child, 'exit') }
    child.stdout.on('data', (chunk) => {
      run.output += chunk
    })
    child.stderr.on('data', (chunk) => {
      run.errors += chunk
    })
    return run
  }

  it('prints where sources speak, writes what their hub has to be told, and stops cleanly', async () => {
    const run = start(
      'weighbridge',
      'cap-alerts',
      '--city',
      'thai-nguyen',
      '--every',
      '1',
      '--faults',
      'reorder',
    )
    await until('a fault', () => run.output.includes(': reorder') || run.child.exitCode !== null)
    expect(run.errors).to.equal('')
    expect(run.output).to.match(/cap-alerts +thai-nguyen +http:\/\/127\.0\.0\.1:\d+\/cap\.xml\n/)
    expect(run.output).to.match(/weighbridge +thai-nguyen +\S+drop\n/)
    const { feeds } = parse(readFileSync(join(folder, 'thai-nguyen.yaml'), 'utf8'))
    expect(feeds.map(({ file }: { readonly file: string }) => file)).to.have.members(
      ['cap-alerts', 'weighbridge'].map((feed) => join(packageRoot, 'adapters/feeds', feed, 'feed.yaml')),
    )
    const dropped = readdirSync(join(folder, 'thai-nguyen/weighbridge/drop'))
    // a file of 15 November with slips up to 06:31 is one of today or, before that hour, of yesterday
    const days = [0, 1].map((ago) =>
      new Date(Date.now() + (7 - 24 * ago) * 3_600_000).toISOString().slice(0, 10).replaceAll('-', ''),
    )
    expect(dropped.filter((name) => days.some((day) => name === `phieu-can-${day}.tsv`))).to.have.length(1)
    run.child.kill('SIGINT')
    expect(await run.ended, run.errors).to.deep.equal([0, null])
  })

  for (const [args, text] of [
    [['parking', '--faults', 'fire'], /^Fault fire is none of down, slow, /],
    [['trams'], /^Feed trams has no simulated source; there are those of /],
    [['parking', '--city', 'hanoi'], /^City hanoi has no hub: say one with --hub hanoi=URL/],
  ] as const) {
    it(`refuses ${args.join(' ')} with exit code 2`, async () => {
      const run = start(...args)
      expect(await run.ended).to.deep.equal([2, null])
      expect([run.output, run.errors]).to.satisfy(
        ([out, errors]: [string, string]) => out === '' && text.test(errors),
      )
    })
  }
})
