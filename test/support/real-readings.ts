import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onMongo } from './store-of-tests.ts'

/** Real readings of an hourly station. */
export interface RealReadings {
  /** Tables of months. */
  readonly folder: string
  /** How many there are. */
  readonly count: number
  /** How many of them have a value of PM2.5. */
  readonly pm25: number
}

/** So many of them have a value that cannot be, all in the first month. */
export const IMPLAUSIBLE = 6

const FIRST = 'aqi_thai-nguyen_2025_feb.csv'

/**
 * Answers five months of readings, and the first of them alone where a server reads all of history whenever it is asked;
 * undefined: HUB_TEST_DATA is not there.
 */
export function realReadings(data = process.env.HUB_TEST_DATA): RealReadings | undefined {
  if (data === undefined) return undefined
  let folder = join(data, 'data/thai-nguyen/air-quality')
  if (onMongo) {
    const alone = mkdtempSync(join(tmpdir(), 'readings-'))
    cpSync(join(folder, FIRST), join(alone, FIRST))
    folder = alone
  }
  let [count, pm25] = [0, 0]
  for (const name of readdirSync(folder)) {
    const [head = '', ...lines] = readFileSync(join(folder, name), 'utf8').trim().split('\n')
    const column = head.trim().split(',').indexOf('pm25')
    count += lines.length
    pm25 += lines.filter((line) => line.split(',')[column] !== 'N/A').length
  }
  return { folder, count, pm25 }
}
