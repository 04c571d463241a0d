import { type Figure, falsePositives, recallOf, share } from './figures.ts'
import { NAMES, NUMBERS } from './identifiers.ts'

const USAGE = 'npm run scan -- [--each N] [--seed N] [--examples]\n'
const MOST = 20_000

const options = readOptions(process.argv.slice(2))
process.stdout.write(`seed ${options.seed}, ${options.each} texts of each kind, all made up\n\n`)
table('number-like identifiers: hidden whole', recallOf(NUMBERS, options))
table('names of persons: hidden whole', recallOf(NAMES, options))
table('texts without identifiers: something hidden', falsePositives(options))

function table(title: string, figures: readonly Figure[]): void {
  process.stdout.write(`${title}\n`)
  for (const { kind, texts, hidden, examples } of figures) {
    process.stdout.write(`  ${kind.padEnd(30)} ${percent(hidden / texts)}\n`)
    if (options.examples) for (const example of examples) process.stdout.write(`      ${example}\n`)
  }
  process.stdout.write(`  ${'together'.padEnd(30)} ${percent(share(figures))}\n\n`)
}

function percent(part: number): string {
  return `${(part * 100).toFixed(2).padStart(6)} %`
}

function readOptions(args: readonly string[]): { each: number; seed: number; examples: boolean } {
  const read = { each: 2000, seed: Date.now() % 2 ** 31, examples: false }
  for (let at = 0; at < args.length; at++) {
    const name = args[at]
    const value = Number(args[at + 1])
    if (name === '--examples') read.examples = true
    else if ((name === '--each' || name === '--seed') && Number.isInteger(value) && value >= 0) {
      read[name === '--each' ? 'each' : 'seed'] = value
      at++
    } else {
      process.stderr.write(USAGE)
      process.exit(2)
    }
  }
  return { ...read, each: Math.min(Math.max(read.each, 1), MOST) }
}
