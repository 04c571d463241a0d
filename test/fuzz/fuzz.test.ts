import fc from 'fast-check'
import { stopHub } from './requests.ts'
import { SUBJECTS } from './subjects.ts'

describe('parsers on any input near what they take', () => {
  after(stopHub)

  for (const { name, property } of SUBJECTS) {
    it(`${name} is read, or refused with a problem that is the sender's`, async () => {
      await fc.assert(property, { numRuns: 300 })
    })
  }
})
