import type { Audit } from '../../../security/audit/audit.ts'
import type { Person } from '../../../security/privacy/person.ts'
import type { ReportKey } from '../../../security/privacy/signed-report.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Store } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import type { ClassRetention } from './retention-law.ts'

/** What becomes of entities of some types that are a person's. */
export interface ErasureChoice {
  /** Absent: of all types that no other choice names. */
  readonly types?: ReadonlySet<Iri>
  /** entity: it is the person, and goes; attributes: it loses what is hers. */
  readonly erase: 'entity' | 'attributes'
  /** Go with her, though nobody classified them as personal. */
  readonly also: ReadonlySet<Iri>
  /** Stay, though they are classified as personal. */
  readonly keep: ReadonlySet<Iri>
}

/** What a law or a court orders to be kept, and until when. */
export interface LegalHold {
  readonly reason: string
  readonly types?: ReadonlySet<Iri>
  readonly attributes?: ReadonlySet<Iri>
  /** Records in quarantine of these feeds: nobody knows what type they would have become. */
  readonly feeds?: ReadonlySet<string>
  readonly until?: Micros
}

/** How the hub deals with what is a person's; names are known once the default @context is. */
export interface PrivacyRules {
  readonly choices: readonly ErasureChoice[]
  readonly holds: readonly LegalHold[]
  /** The first that is about something counts; none: it is kept for ever. */
  readonly retain: readonly ClassRetention[]
}

/** What the search of a person works with. */
export interface SearchDependencies {
  readonly store: Store
  readonly clock: () => Micros
  /** Tells whether an attribute is classified as personal on entities of these types. */
  readonly isPersonal: (attribute: Iri, types: readonly Iri[]) => boolean
  readonly rules: () => PrivacyRules
}

/** A copy of data outside the store: it is listed, and not searched. */
export interface Backup {
  readonly path: string
  readonly modifiedAt: string
  readonly bytes: number
}

/** What erasing a person works with. */
export interface ErasureDependencies extends SearchDependencies {
  readonly hub: { readonly name: string; readonly city: string }
  readonly reportKey: ReportKey
  /** Key of the pseudonyms that reports name persons by. */
  readonly referenceKey: Uint8Array
  /** Absent without access control. */
  readonly audit?: Pick<Audit, 'record' | 'forget'>
  /** Takes documents that others work with out of the store and of memory, in the name of the hub. */
  readonly remove: (
    tenant: Tenant,
    document: { readonly collection: string; readonly id: string },
  ) => Promise<boolean>
  /** Forgets every answer that is kept in memory, whole or in parts. */
  readonly forgetAnswers: () => void
  readonly backups: () => Promise<readonly Backup[]>
  /** Keeps a signed report outside the data folder; answers where, or undefined where no folder is configured. */
  readonly keepReport: (name: string, report: JsonObject) => Promise<string | undefined>
}

/** A request about one person. Without a tenant of its own it is about all that the caller may look into. */
export interface OfPerson extends Command {
  readonly person: Person
}
