import type { DocumentInstance, ListedDocument } from '../values/entity-document.ts'
import { type AccountState, parseAccount, writeAccount } from './account-text.ts'
import {
  type Assessment,
  type Records,
  type Shares,
  type Subject,
  share,
  sharesOf,
  sumOf,
} from './assessment.ts'
import { DAY, dayOf, slotsIn, startOf } from './days.ts'
import { type Draft, type DraftStep, seriesKey, stepOf } from './draft.ts'
import { type Doubtful, type Judgement, judgement, observedBy } from './judgement.ts'
import { isNews, subjectsIn, TOLD, withNews } from './news.ts'
import type { RulesOf } from './rules.ts'
import { type Counts, NO_COUNTS, type Series, type SeriesRules } from './series.ts'

/** More series than that are not looked at. */
const MOST_SERIES = 5000
/** So many days a series is expected after it was last heard, where others of its attribute are. */
const EXPECTED_DAYS = 7
/** Days that late observations are added to, and for which assessments wait to be taken. */
const KEPT_DAYS = 60

/** How an attribute does at a moment. */
export interface Figures {
  readonly subject: Required<Subject>
  readonly shares: Shares
  /** When its newest observation was made, milliseconds. */
  readonly newest: number
}

/** Series of an entity that came, by instance; null: no account is kept of it. */
type Drafts = Map<string, Draft | null>

/** What a feed remembers of its observations to tell how good they are; a restart forgets nothing of it. */
export class QualityAccount {
  readonly #rulesOf: RulesOf
  readonly #state: AccountState

  /** Reads what `toText` wrote. */
  constructor(rulesOf: RulesOf, text = '') {
    this.#rulesOf = rulesOf
    this.#state = parseAccount(text)
  }

  /** How many series it knows. */
  get size(): number {
    return [...this.#state.series.values()].reduce((sum, all) => sum + all.size, 0)
  }

  /** How many days are over, by what came since, and not told yet. */
  get waiting(): number {
    const newest = this.#newestDay
    return [...this.#state.days].filter(([day, { news }]) => isNews(news) && day < newest).length
  }

  /** Judges the observations of documents that came together; nothing is taken into the account yet. */
  judge(documents: readonly ListedDocument[], cameAt: number): Judgement {
    const entities = new Map<string, Drafts>()
    const steps: DraftStep[] = []
    const doubtful: Doubtful[] = []
    const room = MOST_SERIES - this.size
    let made = 0
    for (const { document, instances } of documents) {
      // terms of its own may mean something else
      if (document['@context'] !== undefined) continue
      const [type = ''] = typeof document.type === 'string' ? [document.type] : document.type
      const entity = `${type} ${document.id}`
      const drafts: Drafts = entities.get(entity) ?? new Map()
      entities.set(entity, drafts)
      for (const instance of instances) {
        const observed = observedBy(instance)
        if (!observed) continue
        const known = drafts.get(instance.key)
        const draft = known === undefined ? this.#draft(type, document.id, instance) : known
        if (known === undefined) drafts.set(instance.key, draft)
        if (!draft || (!draft.series && made++ >= room)) continue
        const step = stepOf(draft, observed, cameAt)
        if (!step) continue
        draft.series = step.series
        steps.push({ draft, step })
        if (step.flag) doubtful.push({ document, instance, flag: step.flag })
      }
    }
    return judgement(doubtful, () => this.#take(steps))
  }

  /** Counts records that came, and those of them that are in quarantine. */
  count({ read, faulty }: Records, cameAt: number): void {
    const day = dayOf(cameAt)
    const before = this.#state.records.get(day) ?? { read: 0, faulty: 0 }
    this.#state.records.set(day, { read: before.read + read, faulty: before.faulty + faulty })
  }

  /** Begins the days of which nothing came, so that they are told as well. */
  closeDays(now: number): void {
    const { days, series } = this.#state
    const today = dayOf(now)
    if (series.size === 0) return
    for (let day = Math.max(this.#newestDay + 1, today - EXPECTED_DAYS); day < today; day++)
      days.set(day, { news: 'all', counts: new Map() })
  }

  /** Answers how good the days were that are over and not told yet. */
  due(now: number): readonly Assessment[] {
    const { days, records, series } = this.#state
    const newest = this.#newestDay
    const over = [...days].filter(([day]) => day < newest || startOf(day + 1) <= now)
    const ofAttributes = over
      .sort(([left], [right]) => left - right)
      .flatMap(([day, { news }]) =>
        subjectsIn(news, series.keys()).map((subject) => this.#assessed(subject, day)),
      )
    const ofAll = [...records]
      .filter(([day]) => day < dayOf(now))
      .map(([day, all]) => this.#allTogether(day, all))
    return [...ofAttributes, ...ofAll]
  }

  /** Notes that what was due is told. */
  told(assessments: readonly Assessment[]): void {
    const { days, records } = this.#state
    for (const { day, records: counted } of assessments) {
      const known = days.get(day)
      if (counted) records.delete(day)
      else if (known) days.set(day, { news: TOLD, counts: known.counts })
    }
  }

  /** Answers how each attribute does today. */
  figures(now: number): readonly Figures[] {
    return [...this.#state.series].map(([subject, all]) => {
      const { period, delay = 0 } = this.#rules(subject) ?? {}
      const { shares } = this.#assessed(subject, dayOf(now), now - delay)
      const heard = [...all.values()].map(({ last }) => last)
      const fresh = heard.filter((last) => period !== undefined && last >= now - period - delay)
      return {
        subject: subjectOf(subject),
        shares: { ...shares, ...(period !== undefined && { live: share(fresh.length, heard.length) }) },
        newest: newestOf(all),
      }
    })
  }

  /** Writes all that is remembered as one text. */
  toText(): string {
    return writeAccount(this.#state)
  }

  #draft(type: string, id: string, { name, key: instance }: DocumentInstance): Draft | null {
    const rules = this.#rulesOf(type, name)
    if (!rules) return null
    const subject = `${type} ${name}`
    const key = seriesKey(id, instance)
    return { subject, key, rules, series: this.#state.series.get(subject)?.get(key), times: new Set() }
  }

  #take(steps: readonly DraftStep[]): void {
    const { series, days } = this.#state
    const newest = this.#newestDay
    for (const { draft, step } of steps) {
      const { subject, key } = draft
      series.set(subject, (series.get(subject) ?? new Map()).set(key, step.series))
      const { news, counts } = days.get(step.day) ?? { news: 'all', counts: new Map<string, Counts>() }
      counts.set(subject, sumOf(counts.get(subject) ?? NO_COUNTS, step.counts))
      days.set(step.day, { news: withNews(news, subject), counts })
    }
    if (this.#newestDay > newest) this.#forget()
  }

  #forget(): void {
    const { days, series } = this.#state
    const oldest = this.#newestDay - KEPT_DAYS
    for (const day of days.keys()) if (day < oldest) days.delete(day)
    for (const all of series.values()) {
      const newest = newestOf(all)
      for (const [key, { last }] of all) if (last < newest - KEPT_DAYS * DAY) all.delete(key)
    }
  }

  #assessed(subject: string, day: number, until = startOf(day + 1)): Assessment {
    const counts = this.#state.days.get(day)?.counts.get(subject) ?? NO_COUNTS
    const expected = this.#expected(subject, day, until)
    return {
      ...{ ...subjectOf(subject), day, counts, shares: sharesOf(counts, expected) },
      ...(expected !== undefined && { expected }),
    }
  }

  /** All that came in a day: its attributes taken together, and the records. */
  #allTogether(day: number, records: Records): Assessment {
    const each = [...this.#state.series.keys()].map((subject) => this.#assessed(subject, day))
    const counts = each.reduce((sum, one) => sumOf(sum, one.counts), NO_COUNTS)
    const expected = each.reduce((sum, one) => sum + (one.expected ?? 0), 0)
    const correct = records.read > 0 ? { correct: share(records.read - records.faulty, records.read) } : {}
    return {
      ...{ day, records, counts, shares: { ...sharesOf(counts, expected), ...correct } },
      ...(expected > 0 && { expected }),
    }
  }

  #expected(subject: string, day: number, until: number): number | undefined {
    const { period } = this.#rules(subject) ?? {}
    const all = this.#state.series.get(subject)
    if (period === undefined || !all) return undefined
    const newest = dayOf(newestOf(all))
    return [...all.values()].reduce((sum, { since, last }) => {
      const isThere = Math.min(day, newest) - dayOf(last) <= EXPECTED_DAYS
      return isThere ? sum + slotsIn(day, until, { since, period }) : sum
    }, 0)
  }

  #rules(subject: string): SeriesRules | undefined {
    const { type, attribute } = subjectOf(subject)
    return this.#rulesOf(type, attribute)
  }

  get #newestDay(): number {
    return Math.max(...this.#state.days.keys())
  }
}

function newestOf(series: ReadonlyMap<string, Series>): number {
  return [...series.values()].reduce((newest, { last }) => Math.max(newest, last), Number.NEGATIVE_INFINITY)
}

function subjectOf(subject: string): Required<Subject> {
  const [type = '', attribute = ''] = subject.split(' ')
  return { type, attribute }
}
