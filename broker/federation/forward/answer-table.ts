import Link from 'http-link-header'
import type { TermTable } from '../../core/context/term-table.ts'
import { isJsonObject, type JsonValue, jsonEqual } from '../../core/model/json.ts'
import type { SourceConnection } from './source-connection.ts'

/** Answers what the names of an answer mean: in JSON-LD it names its own @context, mostly the one that was sent. @throws Problem */
export async function answerTable(
  answer: JsonValue | undefined,
  sent: TermTable,
  { tableOf }: Pick<SourceConnection, 'tableOf'>,
): Promise<TermTable> {
  const context = isJsonObject(answer) ? answer['@context'] : undefined
  if (context === undefined || context === sent.url || jsonEqual(context, sent.source)) return sent
  return tableOf(context)
}

/**
 * Answers what the names of an answer mean that links to another @context than it was asked in (CIM 009 v1.9.1, 6.3.5). Brokers link
 * to what only they can fetch, too, or to nothing: then the names are taken for those that were sent.
 */
export async function linkedTable(
  header: string | undefined,
  sent: TermTable,
  { tableOf }: Pick<SourceConnection, 'tableOf'>,
): Promise<TermTable> {
  if (!header?.includes(CONTEXT_RELATION) || header.includes(`<${sent.url}>`)) return sent
  const url = contextOf(header)
  if (url === undefined || url === sent.source) return sent
  return tableOf(url).catch(() => sent)
}

const CONTEXT_RELATION = 'http://www.w3.org/ns/json-ld#context'

function contextOf(header: string): string | undefined {
  try {
    return Link.parse(header).rel(CONTEXT_RELATION)[0]?.uri
  } catch {
    return undefined // a link that cannot be read names nothing
  }
}
