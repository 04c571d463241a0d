import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** VN_AQI of a day as a spreadsheet would have it, and of how many hours. */
export interface SpreadsheetDay {
  readonly index: number
  readonly hours: { readonly pm25: number; readonly pm10: number }
}

/**
 * Works out the daily VN_AQI of the monthly tables by plain arithmetic on their text, with nothing of this project: the
 * judge of what the hub derives. Days with fewer than `needed` hours of particles have none of these.
 */
export function spreadsheetDays(folder: string, needed: number): ReadonlyMap<string, SpreadsheetDay> {
  const sheet = new Map<string, Record<string, number[]>>()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.csv'))) {
    const [head = '', ...lines] = readFileSync(join(folder, file), 'utf8').trim().split('\n')
    const columns = head.trim().split(',')
    for (const line of lines) {
      const cells = line.trim().split(',')
      const day = (cells[0] ?? '').slice(0, 10)
      const row = sheet.get(day) ?? {}
      sheet.set(day, row)
      columns.forEach((column, at) => {
        const cell = cells[at]
        if (cell === undefined || cell === 'N/A') return
        row[column] = [...(row[column] ?? []), Number.parseFloat(cell)]
      })
    }
  }
  const days = new Map<string, SpreadsheetDay>()
  for (const [day, { pm25 = [], pm10 = [], no2 = [], so2 = [], co = [], o3 = [] }] of sheet) {
    if (o3.length > 0) throw new Error(`Day ${day} has ozone, which this sheet does not work out`)
    if (pm25.length < needed && pm10.length < needed) continue
    const parts = [
      ...(pm25.length < needed ? [] : [pm25Index(average(pm25))]),
      ...(pm10.length < needed ? [] : [pm10Index(average(pm10))]),
      ...(no2.length === 0 ? [] : [no2Index((Math.max(...no2) * 46.006) / 24.465)]),
      ...(so2.length === 0 ? [] : [so2Index((Math.max(...so2) * 64.066) / 24.465)]),
      ...(co.length === 0 ? [] : [coIndex((Math.max(...co) * 28.01 * 1000) / 24.465)]),
    ]
    days.set(day, {
      index: Math.round(Math.max(...parts) + 1e-9),
      hours: { pm25: pm25.length, pm10: pm10.length },
    })
  }
  return days
}

function average(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

function pm25Index(c: number): number {
  if (c <= 25) return c * 2
  if (c <= 50) return 50 + (c - 25) * 2
  if (c <= 80) return 100 + ((c - 50) * 50) / 30
  if (c <= 150) return 150 + ((c - 80) * 50) / 70
  if (c <= 250) return 200 + (c - 150)
  return 300 + (c - 250)
}

function pm10Index(c: number): number {
  if (c <= 50) return c
  if (c <= 150) return 50 + (c - 50) / 2
  if (c <= 250) return 100 + (c - 150) / 2
  return 150 + (c - 250) / 2
}

function no2Index(c: number): number {
  if (c <= 100) return c / 2
  if (c <= 200) return 50 + (c - 100) / 2
  return 100 + (c - 200) / 10
}

function so2Index(c: number): number {
  if (c <= 125) return (c * 50) / 125
  if (c <= 350) return 50 + ((c - 125) * 50) / 225
  return 100 + ((c - 350) * 50) / 200
}

function coIndex(c: number): number {
  if (c <= 10_000) return c / 200
  return 50 + (c - 10_000) / 400
}
