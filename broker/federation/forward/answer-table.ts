import type { TermTable } from '../../core/context/term-table.ts'
import { isJsonObject, type JsonValue, jsonEqual } from '../../core/model/json.ts'
import type { SourceDependencies } from './source-connection.ts'

/** Answers what the names of an answer mean: in JSON-LD it names its own @context, mostly the one that was sent. @throws Problem */
export async function answerTable(
  answer: JsonValue | undefined,
  sent: TermTable,
  { tableOf }: Pick<SourceDependencies, 'tableOf'>,
): Promise<TermTable> {
  const context = isJsonObject(answer) ? answer['@context'] : undefined
  if (context === undefined || context === sent.url || jsonEqual(context, sent.source)) return sent
  return tableOf(context)
}
