import type { Summary } from '../../../adapters/kit/intake/summary.ts'

/** Says what became of records, in a line, and below it why some were set aside. */
export function summaryText({ read, written, unchanged, quarantined }: Summary): string {
  const reasons = Object.entries(quarantined)
  const total = reasons.reduce((sum, [, count]) => sum + (count ?? 0), 0)
  const lines = [`read ${read}, written ${written}, unchanged ${unchanged}, quarantined ${total}`]
  for (const [reason, count] of reasons) lines.push(`  ${reason}: ${count}`)
  return lines.join('\n')
}
