import { expect } from 'chai'
import { readTrace } from '../../support/sync-trace.ts'

const WAL = '/data/default.sqlite-wal'

function acknowledged(lines: readonly string[]) {
  return readTrace(lines.join('\n'), WAL).map(({ synced, written }) => ({ synced, written }))
}

const ACK = '1  write(1<pipe:[9]>, "ack urn:w:1\\n", 12) = 12'

describe('sync trace', () => {
  it('counts what was written when the sync began, not when it ended', () => {
    const lines = [
      `2  pwrite64(24<${WAL}>, "\\0", 100, 0) = 100`,
      `2  fdatasync(24<${WAL}> <unfinished ...>`,
      `3  pwrite64(24<${WAL}>, "\\0", 100, 100) = 100`,
      '2  <... fdatasync resumed>)            = 0',
      ACK,
    ]
    expect(acknowledged(lines)).to.deep.equal([{ synced: 100, written: 200 }])
  })

  it('does not count a sync that has not ended, failed, or is of another file', () => {
    const lines = [
      `2  pwrite64(24<${WAL}>, "\\0", 100, 0 <unfinished ...>`,
      '2  <... pwrite64 resumed>)            = 100',
      `2  fsync(24<${WAL}>) = -1 EIO (Input/output error)`,
      '2  fsync(25</data/default.sqlite>) = 0',
      `2  fsync(24<${WAL}> <unfinished ...>`,
      ACK,
      '2  <... fsync resumed>)            = 0',
    ]
    expect(acknowledged(lines)).to.deep.equal([{ synced: 0, written: 100 }])
  })
})
