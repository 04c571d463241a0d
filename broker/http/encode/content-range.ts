import { formatDateTime } from '../../core/model/time.ts'
import type { TimeRange } from '../../core/temporal/cut-evolutions.ts'

/** How Content-Range names times: as CIM 009 v1.9.1, 6.3.10, or as brokers before it do. */
export type RangeUnit = 'DateTime' | 'date-time'

/** Writes the Content-Range of a partial evolution (CIM 009 v1.9.1, 6.3.10). */
export function contentRange({ start, end, size }: TimeRange, unit: RangeUnit): string {
  return `${unit} ${formatDateTime(start)}-${formatDateTime(end)}/${size}`
}
