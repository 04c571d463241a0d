import { readFileSync, writeFileSync } from 'node:fs'
import { verifyReport } from '../../../security/privacy/signed-report.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { CommandFailure } from '../command-failure.ts'
import { askHub, type HubOptions } from './ask-hub.ts'

/** Whom a command is about, and which hub it asks. */
export interface PersonOptions extends HubOptions {
  readonly identifier: readonly string[]
  readonly identifiers?: string
  readonly request?: string
}

/** Where a command writes what it is answered. */
export interface ExportPersonOptions extends PersonOptions {
  readonly as?: 'ndjson' | 'json'
  readonly output?: string
}

/** What is restricted, and for which purpose. */
export interface RestrictOptions extends PersonOptions {
  readonly purpose?: string
}

/** Who must have signed a report. */
export interface VerifyOptions {
  readonly hub?: string
  readonly key?: string
}

/** A hub looks through all that it ever kept, and asks others to. */
const PATIENCE_MS = 600_000

/** Prints where something of a person is, hub by hub. @throws CommandFailure */
export async function findPerson(options: PersonOptions): Promise<void> {
  const { hubs } = await ask(options, 'find')
  print(['hub', 'tenant', 'place', 'count'])
  for (const { hub, places, ...rest } of objects(hubs)) {
    if (rest.state !== 'answered') print([hub, '', rest.state, rest.reason])
    for (const { tenant, counts } of objects(places))
      for (const [place, count] of Object.entries(isJsonObject(counts) ? counts : {}))
        print([hub, tenant, place, count])
  }
  failIfOpen(hubs)
}

/** Writes everything of a person. @throws CommandFailure */
export async function exportPerson({
  as = 'ndjson',
  output,
  ...options
}: ExportPersonOptions): Promise<void> {
  const answer = await ask(options, 'export')
  const lines = objects(answer.hubs).flatMap(({ hub = '', city = '', records }) =>
    objects(records).map((record) => JSON.stringify({ hub, city, ...record })),
  )
  write(output, as === 'json' ? JSON.stringify(answer, undefined, 2) : lines.join('\n'))
  failIfOpen(answer.hubs)
}

/** Erases a person and writes the signed report. @throws CommandFailure where a hub is still to be asked */
export async function erasePerson({ output, ...options }: ExportPersonOptions): Promise<void> {
  const { report, keptAt, order } = await ask(options, 'erase')
  if (!isJsonObject(report)) throw new CommandFailure('Hub answers no report')
  write(output, JSON.stringify(report, undefined, 2))
  if (keptAt !== undefined) process.stderr.write(`the hub keeps the report at ${String(keptAt)}\n`)
  const all = [report, ...objects(report.hubs).flatMap((each) => objects([each.report ?? null]))]
  for (const { hub, left, held, unjudged, finished } of all) {
    if (objects(left).length > 0)
      process.stderr.write(`${String(hub)}: something is left, see left in the report\n`)
    if (objects(held).length > 0) process.stderr.write(`${String(hub)}: something is held by law, see held\n`)
    if (unjudged !== undefined)
      process.stderr.write(`${String(hub)}: holds may have been about documents that went, see unjudged\n`)
    if (finished !== true)
      process.stderr.write(`${String(hub)}: files still hold old pages; ask again later\n`)
  }
  failIfOpen(report.hubs, order)
}

/** Restricts a person's data, or lifts that, and prints how much that was, hub by hub. @throws CommandFailure */
export async function changeRestriction(what: 'restrict' | 'lift', options: RestrictOptions): Promise<void> {
  const { hubs, order } = await ask(options, what)
  print(['hub', 'count'])
  for (const { hub, count, state, reason } of objects(hubs))
    print([hub, count ?? `${String(state)}: ${String(reason)}`])
  failIfOpen(hubs, order)
}

/** Says who signed a report. @throws CommandFailure when nobody did, or somebody else */
export async function verifyReportFile(file: string, { hub, key }: VerifyOptions): Promise<void> {
  const report: JsonValue = JSON.parse(readFileSync(file, 'utf8'))
  if (!isJsonObject(report)) throw new CommandFailure('Report is no JSON object')
  const wanted = key ?? (hub === undefined ? undefined : await keyOf(hub))
  const signer = verifyReport(report)
  if (signer === undefined) throw new CommandFailure('Report is not as it was signed')
  if (wanted !== undefined && wanted !== signer) throw new CommandFailure('Report is signed by another key')
  process.stdout.write(`signed by ${String(report.hub)}, key ${signer}\n`)
  for (const { hub: name, report: other, state, reason } of objects(report.hubs)) {
    const signed = isJsonObject(other) ? verifyReport(other) : undefined
    if (isJsonObject(other) && signed === undefined)
      throw new CommandFailure(`Report of hub ${String(name)} is not as it was signed`)
    process.stdout.write(
      signed
        ? `signed by ${String(name)}, key ${signed}\n`
        : `${String(name)}: ${String(state)}, ${String(reason)}\n`,
    )
  }
  if (wanted === undefined) process.stdout.write('whose key that is was not checked: give --hub or --key\n')
}

async function keyOf(hub: string): Promise<string> {
  const { body } = await askHub({ hub, issuer: '', tenant: '', account: '' }, { path: '/hub/v1/privacy/key' })
  const { publicKey } = (await body.json()) as { readonly publicKey: string } // what the hub says it answers
  return publicKey
}

async function ask({ purpose, ...options }: RestrictOptions, what: string): Promise<JsonObject> {
  const lines =
    options.identifiers === undefined
      ? []
      : readFileSync(options.identifiers === '-' ? 0 : options.identifiers, 'utf8').split('\n')
  const identifiers = [
    ...options.identifier,
    ...lines.map((line) => line.trim()).filter((line) => line !== ''),
  ]
  if ((identifiers.length === 0) === (options.request === undefined))
    throw new CommandFailure('Command is given neither identifiers nor a request, or both', 2)
  const { body } = await askHub(options, {
    method: 'POST',
    path: `/hub/v1/privacy/${what}`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(
      JSON.stringify({
        ...(options.request === undefined ? { identifiers } : { request: options.request }),
        ...(purpose !== undefined && { purpose }),
      }),
    ),
    patienceMs: PATIENCE_MS,
  })
  return (await body.json()) as JsonObject // what the hub says it answers
}

function failIfOpen(hubs: JsonValue | undefined, order?: JsonValue): void {
  const open = objects(hubs).filter(({ state }) => state === 'open' || state === 'refused')
  if (open.length === 0) return
  const names = open.map(({ hub, reason }) => `${String(hub)} (${String(reason)})`).join(', ')
  throw new CommandFailure(
    order === undefined
      ? `Not answered, ask again: ${names}`
      : `Not answered yet: ${names}. The hub goes on asking: hub privacy orders ${String(order)}`,
  )
}

/** What it writes holds personal data: nobody else may read it. */
function write(output: string | undefined, text: string): void {
  if (output === undefined) process.stdout.write(text === '' ? '' : `${text}\n`)
  else writeFileSync(output, text === '' ? '' : `${text}\n`, { flag: 'wx', mode: 0o600 })
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return isJsonArray(value) ? value.filter(isJsonObject) : []
}

/** Columns are separated by tabs, so that other programs read them too. */
function print(cells: readonly (JsonValue | undefined)[]): void {
  process.stdout.write(`${cells.map((cell) => String(cell ?? '')).join('\t')}\n`)
}
