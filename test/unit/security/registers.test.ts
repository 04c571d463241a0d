import { expect } from 'chai'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { parseDateTime } from '../../../broker/core/model/time.ts'
import { ASSESSMENTS } from '../../../security/privacy/assessments.ts'
import { BREACHES, breachNotice } from '../../../security/privacy/breaches.ts'
import { CONSENTS } from '../../../security/privacy/consents.ts'
import type { Register } from '../../../security/privacy/register.ts'
import { SUBJECT_REQUESTS } from '../../../security/privacy/subject-requests.ts'
import { createWorkingCalendar } from '../../../security/privacy/working-calendar.ts'

const calendar = createWorkingCalendar({ holidays: [], workdays: [] })
const at = (text: string, more: object = {}) => ({
  now: parseDateTime(text) ?? Number.NaN,
  calendar,
  purposes: [],
  attributesOf: () => [],
  ...more,
})
const made = (register: Register, given: JsonObject, now: string) => register.create(given, at(now))
const changed = (register: Register, record: JsonObject, given: JsonObject, now: string) =>
  register.apply(record, given, at(now))
const codeOf = (act: () => unknown) => {
  try {
    act()
    return 'none'
  } catch (error) {
    return error instanceof Problem ? error.code : String(error)
  }
}

/** Friday before Tết 2026, which is from the 16th to the 20th of February. */
const RECEIVED = '2026-02-13T02:00:00Z'

describe('privacy: requests of persons', () => {
  const terms: readonly (readonly [string, string, string])[] = [
    ['access', '2026-02-23T17:00:00Z', '2026-02-23T17:00:00Z'],
    ['correct', '2026-02-23T17:00:00Z', '2026-02-23T17:00:00Z'],
    ['withdraw', '2026-03-02T17:00:00Z', '2026-03-05T17:00:00Z'],
    ['restrict', '2026-03-02T17:00:00Z', '2026-03-05T17:00:00Z'],
    ['delete', '2026-03-05T17:00:00Z', '2026-03-05T17:00:00Z'],
  ]
  for (const [right, due, withProcessor] of terms) {
    it(`has two working days to acknowledge, and its term to ${right}`, () => {
      const record = made(SUBJECT_REQUESTS, { right, receivedAt: RECEIVED }, RECEIVED)
      const shown = SUBJECT_REQUESTS.show(record, at(RECEIVED))
      expect(shown).to.include({ acknowledgeBy: '2026-02-24T17:00:00Z', dueBy: due, state: 'open' })
      const both = SUBJECT_REQUESTS.show({ ...record, processor: true }, at(RECEIVED))
      expect(both.dueBy).to.equal(withProcessor)
    })
  }

  it('tells what is overdue, and nothing of what is closed', () => {
    const record = made(SUBJECT_REQUESTS, { right: 'access', receivedAt: RECEIVED }, RECEIVED)
    expect(SUBJECT_REQUESTS.show(record, at('2026-02-23T16:59:00Z')).overdue).to.deep.equal([])
    expect(SUBJECT_REQUESTS.show(record, at('2026-02-23T17:00:01Z')).overdue).to.deep.equal(['answer'])
    expect(SUBJECT_REQUESTS.show(record, at('2026-02-24T17:00:01Z')).overdue).to.deep.equal([
      'acknowledgement',
      'answer',
    ])
    const now = '2026-02-26T00:00:00Z'
    const known = changed(SUBJECT_REQUESTS, record, { acknowledgedAt: '2026-02-24T01:00:00Z' }, now)
    expect(SUBJECT_REQUESTS.show(known, at(now)).overdue).to.deep.equal(['answer'])
    const done = changed(SUBJECT_REQUESTS, known, { outcome: 'fulfilled' }, now)
    expect(SUBJECT_REQUESTS.show(done, at(now))).to.deep.include({ state: 'closed', overdue: [] })
    expect(codeOf(() => changed(SUBJECT_REQUESTS, done, { note: 'x' }, now))).to.equal('Conflict')
  })

  it('is extended once, in time, by so many days at most, and refused with a reason', () => {
    const record = made(SUBJECT_REQUESTS, { right: 'object', receivedAt: RECEIVED }, RECEIVED)
    const extend = (days: number) => ({ extension: { days, reason: 'many sources' } })
    const more = changed(SUBJECT_REQUESTS, record, extend(15), RECEIVED)
    expect(SUBJECT_REQUESTS.show(more, at(RECEIVED)).dueBy).to.equal('2026-03-16T17:00:00Z')
    expect(codeOf(() => changed(SUBJECT_REQUESTS, more, extend(1), RECEIVED))).to.equal('Conflict')
    expect(codeOf(() => changed(SUBJECT_REQUESTS, record, extend(16), RECEIVED))).to.equal('BadRequestData')
    expect(codeOf(() => changed(SUBJECT_REQUESTS, record, extend(5), '2026-03-10T00:00:00Z'))).to.equal(
      'Conflict',
    )
    expect(codeOf(() => changed(SUBJECT_REQUESTS, record, { outcome: 'refused' }, RECEIVED))).to.equal(
      'BadRequestData',
    )
  })

  it('refuses what comes from the future', () => {
    const early = { right: 'access', receivedAt: '2026-02-14T00:00:00Z' }
    expect(codeOf(() => made(SUBJECT_REQUESTS, early, RECEIVED))).to.equal('BadRequestData')
  })
})

describe('privacy: consents', () => {
  const evidence = 'ab'.repeat(32)
  const consent = { purpose: 'research', classes: ['basic'], givenAt: RECEIVED, method: 'written', evidence }

  it('is for a purpose that is known, of a child by its guardian, and over when it is withdrawn or ends', () => {
    const other = at(RECEIVED, { purposes: ['planning'] })
    expect(codeOf(() => CONSENTS.create(consent, other))).to.equal('BadRequestData')
    expect(codeOf(() => made(CONSENTS, { ...consent, child: true }, RECEIVED))).to.equal('BadRequestData')
    const record = made(CONSENTS, { ...consent, until: '2027-01-01T00:00:00Z' }, RECEIVED)
    expect(CONSENTS.show(record, at(RECEIVED)).state).to.equal('open')
    expect(CONSENTS.show(record, at('2027-01-01T00:00:01Z')).state).to.equal('closed')
    const gone = changed(CONSENTS, record, { withdrawnAt: RECEIVED, method: 'message' }, RECEIVED)
    expect(CONSENTS.show(gone, at(RECEIVED)).state).to.equal('closed')
    expect(
      codeOf(() => changed(CONSENTS, gone, { withdrawnAt: RECEIVED, method: 'message' }, RECEIVED)),
    ).to.equal('Conflict')
  })
})

describe('privacy: breaches', () => {
  const breach = { detectedAt: RECEIVED, what: 'A laptop was lost', categories: ['phone numbers'] }

  it('has 72 hours from its detection to its notice, and is not closed without', () => {
    const record = made(BREACHES, breach, RECEIVED)
    expect(BREACHES.show(record, at('2026-02-14T02:00:00Z'))).to.deep.include({
      hoursLeft: 48,
      notifyBy: '2026-02-16T02:00:00Z',
      overdue: [],
    })
    expect(BREACHES.show(record, at('2026-02-16T02:00:01Z')).overdue).to.deep.equal(['notice'])
    expect(codeOf(() => changed(BREACHES, record, { closed: true }, RECEIVED))).to.equal('Conflict')
    const told = changed(BREACHES, record, { notifiedAt: RECEIVED, reference: 'A05-1', persons: 3 }, RECEIVED)
    expect(BREACHES.show(told, at('2026-03-16T02:00:01Z')).overdue).to.deep.equal([])
    expect(changed(BREACHES, told, { closed: true }, RECEIVED).closedAt).to.equal(RECEIVED)
  })

  it('writes the notice in both languages, with blanks for what is not known', () => {
    const record = { ...breach, persons: 3 }
    const form = (lang: 'vi' | 'en') =>
      breachNotice(record, { lang, controller: 'IOC', now: at(RECEIVED).now })
    expect(form('vi'))
      .to.contain('Số lượng chủ thể dữ liệu bị ảnh hưởng: 3')
      .and.contain('Biện pháp đã và sẽ thực hiện: …')
    expect(form('en')).to.contain('What happened: A laptop was lost').and.contain('Contact: …')
  })
})

describe('privacy: impact assessments', () => {
  const given = {
    feed: 'citizen-feedback',
    startedAt: RECEIVED,
    types: ['ServiceRequest'],
    purposes: ['repair'],
    attributes: ['reporterName'],
  }

  it('has a dossier within 60 days, and a review within six months of a change', () => {
    const record = made(ASSESSMENTS, given, RECEIVED)
    expect(ASSESSMENTS.show(record, at('2026-04-15T00:00:00Z')).overdue).to.deep.equal(['dossier'])
    const kept = changed(
      ASSESSMENTS,
      record,
      { dossier: 'HS-1', purposes: ['repair', 'statistics'] },
      '2026-04-01T00:00:00Z',
    )
    const shown = ASSESSMENTS.show(kept, at('2026-04-15T00:00:00Z'))
    expect(shown).to.deep.include({ overdue: [], reviewBy: '2026-09-30T00:00:00Z' })
    expect(ASSESSMENTS.show(kept, at('2026-10-01T00:00:00Z')).overdue).to.deep.equal(['review'])
    const seen = changed(ASSESSMENTS, kept, { reviewedAt: '2026-09-01T00:00:00Z' }, '2026-09-02T00:00:00Z')
    expect(ASSESSMENTS.show(seen, at('2026-10-01T00:00:00Z')).overdue).to.deep.equal([])
  })

  it('opens a task where entities have what nobody assessed', () => {
    const record = made(ASSESSMENTS, given, RECEIVED)
    const now = at(RECEIVED, { attributesOf: () => ['reporterName', 'note'] })
    expect(ASSESSMENTS.show(record, now).tasks).to.deep.equal([
      { task: 'assess', type: 'ServiceRequest', attributes: ['note'] },
    ])
  })
})
