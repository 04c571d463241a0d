import { randomUUID } from 'node:crypto'
import { ASSESSMENTS } from '../../../security/privacy/assessments.ts'
import { BREACHES, breachNotice } from '../../../security/privacy/breaches.ts'
import { CONSENTS } from '../../../security/privacy/consents.ts'
import { parsePerson, personReferences } from '../../../security/privacy/person.ts'
import {
  type Register,
  type ShownRecord,
  type Surroundings,
  textsIn,
} from '../../../security/privacy/register.ts'
import { SUBJECT_REQUESTS } from '../../../security/privacy/subject-requests.ts'
import type { WorkingCalendar } from '../../../security/privacy/working-calendar.ts'
import type { Seal } from '../../../security/seal.ts'
import { isJsonArray, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'
import type { Disclosure } from '../../core/view/disclosure.ts'
import type { Store } from '../../store/port/store.ts'
import { walkDocuments } from '../../store/port/walk-documents.ts'
import type { Command } from '../command.ts'
import { keepDocument } from '../keep-document.ts'
import { may } from '../may.ts'

/** What the data-protection officer keeps, by the names in URLs. */
export const REGISTERS = {
  requests: SUBJECT_REQUESTS,
  consents: CONSENTS,
  breaches: BREACHES,
  assessments: ASSESSMENTS,
} as const satisfies Record<string, Register>

export type RegisterName = keyof typeof REGISTERS

/** What registers are kept with. */
export interface RegisterDependencies {
  readonly store: Store
  readonly clock: () => Micros
  readonly calendar: WorkingCalendar
  readonly purposes: readonly string[]
  /** Closes what may tell of persons. */
  readonly seal: Seal
  readonly referenceKey: Uint8Array
  /** Names the personal and unclassified attributes that a tenant's entities of a type have. */
  readonly attributesOf: (tenant: Tenant) => Promise<(type: string) => readonly string[]>
  readonly controller: string
}

/** Names one register. */
export interface OfRegister extends Command {
  readonly register: RegisterName
}

/** Names one record. */
export interface OfRecord extends OfRegister {
  readonly id: string
}

const COLLECTION = 'privacy'
const TARGET = { resource: 'privacy' } as const
const ID = /^[0-9a-f-]{36}$/

/** Keeps a new record; answers it. @throws Problem */
export const createRecord =
  (dependencies: RegisterDependencies) =>
  async ({ body, ...command }: OfRegister & { readonly body: JsonObject }): Promise<ShownRecord> => {
    const { caller, tenant, register: name, origin } = command
    caller.check('create', tenant, TARGET)
    const register: Register = REGISTERS[name]
    const { identifiers, ...given } = body
    const person = register.ofPerson && parsePerson(identifiers)
    const at = await surroundings(dependencies, tenant)
    const record: JsonObject = {
      ...register.create(given, at),
      id: randomUUID(),
      createdAt: formatDateTime(at.now),
      ...(person && { subject: personReferences(person, dependencies.referenceKey) }),
      ...(register.ofPerson === 'sealed' && { identifiers: identifiers ?? [] }),
    }
    const { store, clock } = dependencies
    const unit = {
      collection: COLLECTION,
      id: documentId(name, String(record.id)),
      origin,
      logged: false,
    } as const
    await store.commit(tenant, [
      { ...unit, expectedVersion: 0, at: clock(), next: closed(dependencies, tenant, { name, record }) },
    ])
    return shown(register, record, at)
  }

/** Changes a record; answers it. @throws Problem ResourceNotFound, or Conflict where the record is past that */
export const changeRecord =
  (dependencies: RegisterDependencies) =>
  async ({ body, ...command }: OfRecord & { readonly body: JsonObject }): Promise<ShownRecord> => {
    const register: Register = REGISTERS[command.register]
    command.caller.check('update', command.tenant, TARGET)
    const { identifiers, ...given } = body
    const person = identifiers === undefined ? undefined : parsePerson(identifiers)
    const at = await surroundings(dependencies, command.tenant)
    const next = await keepRecord(dependencies, command, (record) => {
      if (person && !isAbout(record, personReferences(person, dependencies.referenceKey)))
        throw badRequestData('Identifiers are not those of the person whom the record is about')
      return register.apply(record, given, at)
    })
    return shown(register, next, at)
  }

/** Answers one record; whom it is about only to those who may change it. @throws Problem ResourceNotFound */
export const readRecord =
  (dependencies: RegisterDependencies) =>
  async (command: OfRecord): Promise<ShownRecord> => {
    const { caller, tenant, register } = command
    caller.check('read', tenant, TARGET)
    const record = await findRecord(dependencies, command)
    const all = shown(REGISTERS[register], record, await surroundings(dependencies, tenant))
    const { identifiers } = record
    const isNamed = identifiers !== undefined && may(caller, 'update', tenant, TARGET)
    command.disclose?.(disclosureOf(register, all, isNamed))
    return isNamed ? { ...all, identifiers } : all
  }

/** What is shown of a person: what identifies her, and free texts that may tell of her. */
function disclosureOf(name: RegisterName, record: JsonObject, isNamed = false): Disclosure | undefined {
  const register: Register = REGISTERS[name]
  const texts = register.sealed.filter((member) => record[member] !== undefined).length
  if (texts === 0 && !isNamed) return undefined
  const clear = { ...(isNamed && { basic: 1 }), ...(texts > 0 && { unclassified: texts }) }
  return { subjects: [], entities: 1, clear, masked: {} }
}

/** Which records are wanted. */
export interface ListRecords extends OfRegister {
  readonly limit: number
  readonly after?: string
  readonly state?: 'open' | 'closed' | 'overdue'
}

/** Answers records in the order of their ids; `next` is where more may be. */
export const listRecords =
  (dependencies: RegisterDependencies) =>
  async ({ caller, tenant, register: name, limit, after = '', state, disclose }: ListRecords) => {
    caller.check('read', tenant, TARGET)
    const at = await surroundings(dependencies, tenant)
    const page = await dependencies.store.documents(tenant, COLLECTION, {
      after: documentId(name, after),
      limit,
    })
    const own = page.filter(({ id }) => id.startsWith(documentId(name, '')))
    const records = own
      .map(({ document }) => shown(REGISTERS[name], opened(dependencies, tenant, { name, document }), at))
      .filter((each) => state === undefined || isIn(each, state))
    for (const record of records) disclose?.(disclosureOf(name, record))
    const last = own.at(-1)
    const next = own.length === limit && last ? last.id.slice(documentId(name, '').length) : undefined
    return { records, ...(next !== undefined && { next }) }
  }

/** Answers the notice of a breach as a form. @throws Problem ResourceNotFound */
export const writeBreachNotice =
  (dependencies: RegisterDependencies) =>
  async ({
    lang,
    ...command
  }: Omit<OfRecord, 'register'> & { readonly lang: 'vi' | 'en' }): Promise<string> => {
    command.caller.check('read', command.tenant, TARGET)
    const record = await findRecord(dependencies, { ...command, register: 'breaches' })
    command.disclose?.(disclosureOf('breaches', record))
    return breachNotice(record, { lang, controller: dependencies.controller, now: dependencies.clock() })
  }

/** Answers whom a request is about. @throws Problem ResourceNotFound */
export const identifiersOfRequest =
  (dependencies: RegisterDependencies) =>
  async (command: Omit<OfRecord, 'register'>): Promise<JsonValue> => {
    command.caller.check('update', command.tenant, TARGET)
    const { identifiers } = await findRecord(dependencies, { ...command, register: 'requests' })
    if (identifiers === undefined) throw new Problem('Conflict', 'Request tells of nobody any more')
    return identifiers
  }

/** Notes in a request what was done for it, and which hubs are still to be asked. @throws Problem ResourceNotFound */
export const noteOutcome =
  (dependencies: RegisterDependencies) =>
  async (command: Pick<OfRecord, 'tenant' | 'origin' | 'id'>, done: JsonObject): Promise<void> => {
    await keepRecord(dependencies, { ...command, register: 'requests' }, (record) => {
      const { actions } = record
      return { ...record, actions: [...(isJsonArray(actions) ? actions : []), done].slice(-MOST_ACTIONS) }
    })
  }

const MOST_ACTIONS = 50

/** Counts open records, and what should have been done by now, by register. */
export async function countRecords(
  dependencies: RegisterDependencies,
): Promise<ReadonlyMap<RegisterName, { readonly open: number; readonly overdue: number }>> {
  const counts = new Map<RegisterName, { open: number; overdue: number }>()
  for (const name of Object.keys(REGISTERS) as RegisterName[]) counts.set(name, { open: 0, overdue: 0 }) // its keys
  const { store } = dependencies
  for (const tenant of await store.tenants()) {
    const at = await surroundings(dependencies, tenant)
    for (const [name, count] of counts) {
      for await (const { document } of walkDocuments(store, tenant, COLLECTION, documentId(name, ''))) {
        const record = opened(dependencies, tenant, { name, document })
        const { state, overdue } = shown(REGISTERS[name], record, at)
        if (state === 'open') count.open++
        if (overdue.length > 0) count.overdue++
      }
    }
  }
  return counts
}

async function findRecord(
  dependencies: RegisterDependencies,
  { tenant, register: name, id }: OfRecord,
): Promise<JsonObject> {
  const stored = ID.test(id)
    ? await dependencies.store.document(tenant, COLLECTION, documentId(name, id))
    : undefined
  if (!stored) throw noRecord()
  return opened(dependencies, tenant, { name, document: stored.document })
}

async function keepRecord(
  dependencies: RegisterDependencies,
  { tenant, register: name, id, origin }: Pick<OfRecord, 'tenant' | 'register' | 'id' | 'origin'>,
  decide: (record: JsonObject) => JsonObject,
): Promise<JsonObject> {
  if (!ID.test(id)) throw noRecord()
  let next: JsonObject = {}
  const place = { tenant, collection: COLLECTION, id: documentId(name, id), origin, what: 'Record' } as const
  await keepDocument(dependencies, place, (current) => {
    if (!current) throw noRecord()
    next = forgetful(decide(opened(dependencies, tenant, { name, document: current })))
    return { logged: false, next: closed(dependencies, tenant, { name, record: next }) }
  })
  return next
}

function isAbout(record: JsonObject, references: readonly string[]): boolean {
  return textsIn(record, 'subject').some((each) => references.includes(each))
}

/** Whose data was deleted on her request is nobody's business any more. */
function forgetful(record: JsonObject): JsonObject {
  if (record.right !== 'delete' || record.outcome !== 'fulfilled') return record
  const { identifiers: _, note: __, ...rest } = record
  return rest
}

function noRecord(): Problem {
  return new Problem('ResourceNotFound', 'Record does not exist')
}

async function surroundings(
  { clock, calendar, purposes, attributesOf }: RegisterDependencies,
  tenant: Tenant,
): Promise<Surroundings> {
  return { now: clock(), calendar, purposes, attributesOf: await attributesOf(tenant) }
}

function shown(register: Register, record: JsonObject, at: Surroundings): ShownRecord {
  const { identifiers: _, ...rest } = register.show(record, at)
  return rest as ShownRecord // of which only that member is gone
}

function isIn({ state, overdue }: ShownRecord, wanted: 'open' | 'closed' | 'overdue'): boolean {
  return wanted === 'overdue' ? overdue.length > 0 : state === wanted
}

interface Named {
  readonly name: RegisterName
}

/** Seals what may tell of persons: no reading of a single document does. */
function closed(
  { seal }: Pick<RegisterDependencies, 'seal'>,
  tenant: Tenant,
  { name, record }: Named & { readonly record: JsonObject },
): JsonObject {
  const hidden = new Set<string>([...REGISTERS[name].sealed, 'identifiers'])
  const members = Object.entries(record)
  const text = JSON.stringify(Object.fromEntries(members.filter(([member]) => hidden.has(member))))
  const open = Object.fromEntries(members.filter(([member]) => !hidden.has(member)))
  return { ...open, sealed: seal.close(text, boundTo(tenant, name, open)) }
}

function opened(
  { seal }: Pick<RegisterDependencies, 'seal'>,
  tenant: Tenant,
  { name, document }: Named & { readonly document: JsonObject },
): JsonObject {
  const { sealed, ...open } = document
  const text = typeof sealed === 'string' ? seal.open(sealed, boundTo(tenant, name, open)) : undefined
  return { ...open, ...(text === undefined ? {} : JSON.parse(text)) }
}

function boundTo(tenant: Tenant, name: RegisterName, { id = '' }: JsonObject): string {
  return JSON.stringify([tenant, documentId(name, String(id))])
}

function documentId(name: RegisterName, id: string): string {
  return `${name}:${id}`
}
