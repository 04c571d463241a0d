import { isJsonArray, isJsonObject, type JsonValue } from '../../core/model/json.ts'
import { askHub, type HubOptions } from './ask-hub.ts'

const PATH = '/hub/v1/identity/keys'

/** Prints the keys of the identity provider of a running hub. @throws CommandFailure */
export async function listKeys(options: HubOptions): Promise<void> {
  const answer = await askHub(options, { path: PATH })
  print((await answer.body.json()) as JsonValue) // a body of JSON
}

/** Lets another key sign, and prints what is published then. @throws CommandFailure */
export async function rotateKeys(withdraw: boolean, options: HubOptions): Promise<void> {
  const answer = await askHub(options, {
    method: 'POST',
    path: PATH,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ withdraw })),
  })
  print((await answer.body.json()) as JsonValue) // a body of JSON
}

function print(answer: JsonValue): void {
  const keys = isJsonObject(answer) && isJsonArray(answer.keys) ? answer.keys : []
  for (const key of keys.filter(isJsonObject)) {
    const when = key.since ? `since ${key.since}` : key.until ? `until ${key.until}` : ''
    process.stdout.write(`${[key.kid, key.use, when].join('\t').trimEnd()}\n`)
  }
}
