import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { DocumentUnit } from './store.ts'

/** A text as it stands in a store, and where: opaque to whoever writes it anew. */
export type StoredText = StoredRecord | StoredInstance | StoredWriting

/** A record of the log. */
export interface StoredRecord {
  readonly kind: 'record'
  readonly place: string
  readonly collection: 'entity' | DocumentUnit['collection']
  readonly id: string
  /** The entity or document after it. */
  readonly text: string | null
  /** What changed of an entity, as JSON. */
  readonly changes: string | null
  /** It holds the current state of an entity, by which indexes find it. */
  readonly isCurrent: boolean
}

/** An instance of history. */
export interface StoredInstance {
  readonly kind: 'instance'
  readonly place: string
  readonly id: string
  readonly attribute: Iri
  readonly text: string
}

/** A document. */
export interface StoredWriting {
  readonly kind: 'document'
  readonly place: string
  readonly collection: DocumentUnit['collection']
  readonly id: string
  readonly text: string
}

/** What is to stand in the place of a text, unless something else stands there by now. */
export interface TextChange {
  readonly from: StoredText
  readonly text: string | null
  /** Of a record. */
  readonly changes?: string | null
  /** Of the current state of an entity whose indexes are to follow. */
  readonly states?: { readonly before: Entity; readonly after: Entity }
}

/**
 * A store whose texts can be written anew where they stand: no version, log record or time is another one afterwards, and
 * nobody is told.
 */
export interface RewritableTexts {
  /** Texts in the order of their places, no copy before what it is made of, those behind one; plain numbers of these attributes too, as texts. */
  texts(
    tenant: Tenant,
    page: { readonly after?: string; readonly limit: number; readonly numbersOf: readonly Iri[] },
  ): Promise<readonly StoredText[]>
  /** Makes instances of what is packed of these attributes, so that `texts` has it. */
  unpack(tenant: Tenant, attributes: readonly Iri[]): Promise<void>
  rewrite(tenant: Tenant, changes: readonly TextChange[]): Promise<void>
}
