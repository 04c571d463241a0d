import type { FeedDefinition } from '../definition/feed-definition.ts'
import { deliver } from '../hub/deliver.ts'
import type { HubClient } from '../hub/hub-client.ts'
import { HubRefusal } from '../hub/hub-connection.ts'
import { assessmentDocument } from '../quality/assessment-document.ts'
import type { Judgement } from '../quality/judgement.ts'
import { type Figures, QualityAccount } from '../quality/quality-account.ts'
import { rulesOf } from '../quality/rules.ts'
import type { ListedDocument } from '../values/entity-document.ts'
import { textMember } from '../values/json.ts'
import type { Summary } from './summary.ts'

/** So many days wait to be told within an input: a long history is told as it is read. */
const WAITING_DAYS = 30

/** How good the data of a feed are: its account, which the hub keeps, and what is told of each day as entities. */
export class KeptQuality {
  readonly #client: HubClient
  readonly #definition: FeedDefinition
  #account: QualityAccount | undefined
  #refused: string | undefined

  constructor(client: HubClient, definition: FeedDefinition) {
    this.#client = client
    this.#definition = definition
  }

  /** Why the hub does not take what is told; undefined: it does. */
  get refused(): string | undefined {
    return this.#refused
  }

  /** Judges documents before they are sent. */
  async judge(documents: readonly ListedDocument[]): Promise<Judgement> {
    return (await this.#read()).judge(documents, Date.now())
  }

  /** Takes what the hub has now into the account. */
  async take(judgement: Judgement): Promise<void> {
    judgement.keep()
    const isTold = this.#refused === undefined
    if (isTold && (await this.#read()).waiting > WAITING_DAYS) await this.#tell()
  }

  /** Counts the records of an input that is taken, tells of the days that are over, and keeps the account. Notices are no records. */
  async inputEnded({ read, quarantined }: Summary, notices: number): Promise<void> {
    const account = await this.#read()
    await this.#tell()
    const faulty = Object.values(quarantined).reduce((sum, count) => sum + count, -notices)
    account.count({ read, faulty }, Date.now())
    await this.keep()
  }

  /** Tells of the days that are over, also of those on which nothing came. */
  async tellDays(): Promise<void> {
    const account = await this.#read()
    account.closeDays(Date.now())
    await this.#tell()
    await this.keep()
  }

  /** Answers how each attribute does today. */
  figures(): readonly Figures[] {
    return this.#account?.figures(Date.now()) ?? []
  }

  async #read(): Promise<QualityAccount> {
    if (!this.#account) {
      const text = textMember(await this.#client.read(this.#path), 'account')
      this.#account = new QualityAccount(rulesOf(this.#definition.quality ?? {}), text)
    }
    return this.#account
  }

  /** Who may not write assessments may write its data: its days wait. */
  async #tell(): Promise<void> {
    const account = await this.#read()
    const due = account.due(Date.now())
    const documents = due.flatMap((one) => assessmentDocument(one, this.#definition) ?? [])
    const { batchSize, context } = this.#definition
    try {
      for (let at = 0; at < documents.length; at += batchSize) {
        const refusals = await deliver(this.#client, documents.slice(at, at + batchSize), context)
        this.#refused = refusals.find((text) => text !== undefined)
        if (this.#refused !== undefined) return
      }
      account.told(due)
    } catch (error) {
      if (!(error instanceof HubRefusal)) throw error
      this.#refused = error.message
    }
  }

  /** Keeps the account. */
  async keep(): Promise<void> {
    const account = (await this.#read()).toText()
    await this.#client.write('PUT', this.#path, { account })
  }

  get #path(): string {
    return `/hub/v1/feeds/${this.#definition.name}/checkpoints/quality`
  }
}
