import { readFileSync } from 'node:fs'
import type { JsonObject } from '../../core/model/json.ts'
import { askHub, type HubOptions, type HubQuestion } from './ask-hub.ts'

/** Which records a list shows. */
export interface ListOptions extends HubOptions {
  readonly state?: string
}

const REGISTERS = '/hub/v1/privacy'
const PAGE = 200

/** Prints records, one JSON object a line. @throws CommandFailure */
export async function listRecords(register: string, { state, ...hub }: ListOptions): Promise<void> {
  let after: string | undefined
  do {
    const parameters = new URLSearchParams({ limit: String(PAGE) })
    if (state !== undefined) parameters.set('state', state)
    if (after !== undefined) parameters.set('after', after)
    const { body } = await askHub(hub, { path: `${REGISTERS}/${register}?${parameters}` })
    const page = (await body.json()) as { readonly records: readonly JsonObject[]; readonly next?: string } // as the hub says
    for (const record of page.records) process.stdout.write(`${JSON.stringify(record)}\n`)
    after = page.next
  } while (after !== undefined)
}

/** Keeps a new record, and prints it. @throws CommandFailure */
export function addRecord(register: string, file: string, hub: HubOptions): Promise<void> {
  return send(hub, { method: 'POST', path: `${REGISTERS}/${register}`, body: contentOf(file) })
}

/** Changes a record, and prints it. @throws CommandFailure */
export function changeRecord(register: string, id: string, file: string, hub: HubOptions): Promise<void> {
  const path = `${REGISTERS}/${register}/${encodeURIComponent(id)}`
  return send(hub, { method: 'PATCH', path, body: contentOf(file) })
}

async function send(hub: HubOptions, question: HubQuestion): Promise<void> {
  const { body } = await askHub(hub, { ...question, headers: { 'content-type': 'application/json' } })
  process.stdout.write(`${JSON.stringify(await body.json(), undefined, 2)}\n`)
}

function contentOf(file: string): Uint8Array {
  return readFileSync(file === '-' ? 0 : file)
}
