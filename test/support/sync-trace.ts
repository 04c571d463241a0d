/** What was true of the write-ahead log when a write was acknowledged. */
export interface Acknowledgement {
  readonly id: string
  /** How far the file was written when the last sync that ended before began: this much survives. */
  readonly synced: number
  /** How far it was written. */
  readonly written: number
}

const CALL = /^(\d+) +(?:<\.\.\. )?(\w+)(.*)$/
const PLACE = /, (\d+), (\d+)(?:\) += \d+| <unfinished \.\.\.>)$/
const ACK = /"ack (\S+)\\n"/

/**
 * Reads what `strace -f -y` saw: writes to the log, syncs of it, and acknowledgements, in the order of time.
 * A call that was interrupted by others has two lines: it starts with the first and ends with the second.
 */
export function readTrace(trace: string, wal: string): readonly Acknowledgement[] {
  const acknowledgements: Acknowledgement[] = []
  const started = new Map<string, { readonly line: string; readonly written: number }>()
  let written = 0
  let synced = 0
  for (const line of trace.split('\n')) {
    const [, thread = '', call = '', rest = ''] = CALL.exec(line) ?? []
    const resumed = rest.startsWith(' resumed>')
    const start = resumed ? started.get(thread) : { line, written }
    if (line.endsWith('<unfinished ...>')) started.set(thread, { line, written })
    const acknowledged = resumed ? undefined : ACK.exec(line)?.[1]
    if (call === 'write' && acknowledged) acknowledgements.push({ id: acknowledged, synced, written })
    if (!start?.line.includes(`<${wal}>`) || line.endsWith('<unfinished ...>')) continue
    if (call === 'pwrite64') written = Math.max(written, endOf(start.line))
    if ((call === 'fsync' || call === 'fdatasync') && / = 0$/.test(rest))
      synced = Math.max(synced, start.written)
  }
  return acknowledgements
}

function endOf(line: string): number {
  const [, count = '0', place = '0'] = PLACE.exec(line) ?? []
  return Number(place) + Number(count)
}
