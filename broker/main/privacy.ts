import { mkdir, open, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Ontology } from '../../ontology/ontology.ts'
import type { RestrictedData } from '../../security/privacy/restricted-data.ts'
import { createReportKey } from '../../security/privacy/signed-report.ts'
import { createSeal } from '../../security/seal.ts'
import type { Config } from '../config.ts'
import type { ContextService } from '../contexts/context-service.ts'
import type { TermTable } from '../core/context/term-table.ts'
import type { JsonObject } from '../core/model/json.ts'
import { DEFAULT_TENANT, type Tenant } from '../core/model/tenant.ts'
import { parseDateTime } from '../core/model/time.ts'
import type { Route } from '../http/route.ts'
import { orderRoutes } from '../http/routes/order-routes.ts'
import { privacyRoutes } from '../http/routes/privacy-routes.ts'
import { registerRoutes } from '../http/routes/register-routes.ts'
import { keepNoLonger } from '../operations/privacy/keep-no-longer.ts'
import { OpenOrders } from '../operations/privacy/open-orders.ts'
import { carryOutOrder, dropOrder, listOrders, readOrder } from '../operations/privacy/order-operations.ts'
import {
  eraseOfPerson,
  exportOfPerson,
  findPerson,
  liftOfPerson,
  restrictOfPerson,
} from '../operations/privacy/person-requests.ts'
import type { Backup, PrivacyRules } from '../operations/privacy/privacy-dependencies.ts'
import { identifiersOfRequest, noteOutcome } from '../operations/privacy/registers.ts'
import { RestrictionWatch } from '../operations/privacy/restriction-watch.ts'
import { classRetention } from './class-retention.ts'
import type { Parts } from './parts.ts'
import { orderMetrics, orderRuns } from './person-orders.ts'
import { assembleRegisters } from './registers.ts'
import { checkClasses } from './retention.ts'

/** How the hub deals with what is a person's, by configuration; names are known once the default @context is. */
export interface ConfiguredPrivacyRules {
  readonly rules: () => PrivacyRules
  /** Reads the names of the rules in the default @context. @throws Problem LdContextNotAvailable */
  know(contexts: Pick<ContextService, 'resolve'>, ontology: Pick<Ontology, 'vocabulary'>): Promise<void>
}

/** Answers how the hub deals with what is a person's, by the rules of a configuration. */
export function configuredPrivacy({
  privacy: { erase, holds, retain },
}: Pick<Config, 'privacy'>): ConfiguredPrivacyRules {
  let known: PrivacyRules = { choices: [], holds: [], retain: [] }
  return {
    rules: () => known,
    know: async (contexts, ontology) => {
      if (erase.length + holds.length + retain.length === 0) return
      const table = await contexts.resolve(undefined)
      if (retain.some(({ retention }) => retention)) checkClasses('privacy.retain', retain, ontology)
      known = {
        choices: erase.map(({ types, erase: what, also = [], keep = [] }) => ({
          erase: what,
          also: expanded(also, table),
          keep: expanded(keep, table),
          ...(types && { types: expanded(types, table) }),
        })),
        holds: holds.map(({ reason, types, attributes, feeds, until }) => {
          // the last day counts, as in policies
          const end = until === undefined ? undefined : parseDateTime(`${until}T23:59:59.999999+07:00`)
          return {
            reason,
            ...(types && { types: expanded(types, table) }),
            ...(attributes && { attributes: expanded(attributes, table) }),
            ...(feeds && { feeds: new Set(feeds) }),
            ...(end !== undefined && { until: end }),
          }
        }),
        retain: retain.map(({ types, retention, ...rule }) => ({
          ...rule,
          ...(types && { types: expanded(types, table) }),
          ...(retention && { retention: new Set(retention) }),
        })),
      }
    },
  }
}

function expanded(names: readonly string[], table: TermTable): ReadonlySet<string> {
  return new Set(names.map((name) => table.expand(name)))
}

/** What privacy is made of beside the parts of all operations. */
export interface PrivacyParts
  extends Pick<
    Parts,
    | 'store'
    | 'clock'
    | 'secret'
    | 'forgetAnswers'
    | 'sources'
    | 'egress'
    | 'delegate'
    | 'local'
    | 'audit'
    | 'contexts'
    | 'metrics'
    | 'log'
  > {
  readonly ontology: Pick<Ontology, 'personalData' | 'retention'>
  readonly privacyRules: () => PrivacyRules
  readonly restricted: RestrictedData
  /** Takes a document away that others work with. @throws Problem ResourceNotFound */
  readonly removers: Readonly<Record<string, (tenant: Tenant, id: string) => Promise<void>>>
}

/** What is done for persons, and what watches over its terms. */
export interface AssembledPrivacy {
  readonly routes: readonly Route[]
  start(): void
  stop(): Promise<void>
}

/** Puts together what is done for the persons whose data the hub keeps. */
export function assemblePrivacy(config: Config, parts: PrivacyParts): AssembledPrivacy {
  const { store, clock, secret, ontology, privacyRules, removers, sources, egress } = parts
  const reportKey = createReportKey(secret)
  const registers = assembleRegisters(config, parts)
  const dependencies = {
    store,
    clock,
    rules: privacyRules,
    isPersonal: (attribute: string, types: readonly string[]) =>
      ['basic', 'sensitive'].includes(ontology.personalData(attribute, types) ?? 'none'),
    hub: { name: config.name, city: config.city },
    reportKey,
    restricted: parts.restricted,
    referenceKey: registers.dependencies.referenceKey,
    noteOutcome: noteOutcome(registers.dependencies),
    ...(parts.audit && { audit: parts.audit }),
    remove: async (
      tenant: Tenant,
      { collection, id }: { readonly collection: string; readonly id: string },
    ) => {
      const remover = removers[collection]
      await remover?.(tenant, id)
      return remover !== undefined
    },
    forgetAnswers: parts.forgetAnswers,
    backups: () => listBackups(config),
    keepReport: (name: string, report: JsonObject) => keepReport(config.privacy.reports, name, report),
    egress,
    openOrders: new OpenOrders(store, clock),
    orderSeal: createSeal(secret, 'privacy-order'),
    restrictionSeal: createSeal(secret, 'privacy-restriction'),
    follow: (tenant: Tenant): Promise<void> => watch.follow(tenant),
    delegate: parts.delegate,
    outbound: (...asked: Parameters<Parts['sources']['outbound']>) => sources.outbound(...asked),
    peers: config.federation.sources.map(({ name, endpoint }) => ({ name, endpoint })),
    alias: config.name,
    maxAnswerBytes: config.federation.answerBytes,
  }
  const watch = new RestrictionWatch({
    ...dependencies,
    view: () => parts.local.view(DEFAULT_TENANT),
    failed: (err) => parts.log.warn({ err }, 'what is written of restricted persons is not followed'),
  })
  const orders = orderRuns(dependencies, parts.log)
  orderMetrics(parts.metrics, dependencies)
  const restrictPerson = restrictOfPerson(dependencies)
  const routes = privacyRoutes({
    findPerson: findPerson(dependencies),
    exportPerson: exportOfPerson(dependencies),
    erasePerson: eraseOfPerson(dependencies),
    restrictPerson,
    liftRestriction: liftOfPerson(dependencies),
    identifiersOfRequest: identifiersOfRequest(registers.dependencies),
    reportKey: reportKey.publicKey,
  })
  const { operations } = registers
  const retention = classRetention(
    keepNoLonger({
      ...dependencies,
      retain: () => privacyRules().retain,
      classOf: (attribute, types) => ontology.personalData(attribute, types),
      retentionOf: (attribute, types) => ontology.retention(attribute, types),
    }),
    parts.log,
  )
  return {
    start: () => {
      registers.start()
      orders.start()
      watch.start()
      if (config.privacy.retain.length > 0) retention.start()
    },
    stop: async () => {
      registers.stop()
      orders.stop()
      await watch.stop()
      await retention.stop()
    },
    routes: [
      ...routes,
      ...registerRoutes({ ...operations, restrictPerson }),
      ...orderRoutes({
        listOrders: listOrders(dependencies),
        readOrder: readOrder(dependencies),
        carryOutOrder: carryOutOrder(dependencies),
        dropOrder: dropOrder(dependencies),
      }),
    ],
  }
}

/** Answers what is in the configured places, and what upgrades left in the data folder: it is listed, and not searched. */
async function listBackups({ privacy, data, store }: Config): Promise<readonly Backup[]> {
  const own = store.kind === 'embedded' ? await filesIn(data) : []
  const copies = own.filter((path) => /\.backup-[^/]*$/.test(path))
  const configured = await Promise.all(privacy.backups.map(filesIn))
  return Promise.all([...copies, ...configured.flat()].map(backupAt))
}

/** Answers the files of a folder, or the file itself; none where there is nothing. */
async function filesIn(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true, recursive: true })
    return entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? [path] : [] // as file systems throw
  }
}

async function backupAt(path: string): Promise<Backup> {
  const { mtime, size } = await stat(path)
  return { path: resolve(path), modifiedAt: mtime.toISOString(), bytes: size }
}

/** Keeps a report for good before anybody is answered. */
async function keepReport(folder: string, name: string, report: JsonObject): Promise<string | undefined> {
  if (folder === '') return undefined
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${String(report.kind)}-${name}.json`)
  const file = await open(path, 'wx', 0o640)
  try {
    await file.writeFile(`${JSON.stringify(report, undefined, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  const directory = await open(folder)
  await directory.sync().finally(() => directory.close())
  return path
}
