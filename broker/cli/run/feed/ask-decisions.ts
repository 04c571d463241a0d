import { DecisionFault } from '../../../../adapters/onboarding/decision-fault.ts'
import { type Decisions, type Proposal, SURE } from '../../../../adapters/onboarding/propose-mapping.ts'
import type { Asker, Choice } from './asker.ts'

/** So many types are offered. */
const TYPES = 8

type Propose = (decisions: Decisions) => Proposal

/** Asks about what is not sure of a proposal, and answers all that was said. */
export async function askDecisions(asker: Asker, propose: Propose, given: Decisions): Promise<Decisions> {
  let decisions = given
  if (decisions.type === undefined)
    decisions = { ...decisions, type: await askType(asker, propose(decisions)) }
  for (const { field, part, column, confidence, reasons } of propose(decisions).fields) {
    if (part === 'personal' && column) {
      const take = await asker.agree(
        `${field} is of persons (${reasons.join('; ')}). Bring it into the hub as ${column.attribute}?`,
        false,
      )
      if (take) decisions = withColumn(decisions, field, column.attribute)
    }
    if (part === 'unsure' && column) {
      const question = `${field}: ${reasons.join('; ')} (${confidence.toFixed(2)})`
      decisions = withColumn(
        decisions,
        field,
        await askAttribute(asker, question, [column.attribute, propose(decisions)]),
      )
    }
  }
  const { key, time, fields } = propose(decisions)
  const names = fields.map((one) => ({ name: one.field, value: one.field }))
  if ((key?.confidence ?? 0) < SURE) {
    const [proposed] = key?.fields ?? []
    decisions = {
      ...decisions,
      key: await asker.choose('Which field names the thing that a record is of?', names, proposed?.field),
    }
  }
  return time ? decisions : { ...decisions, time: await askTime(asker, names, { propose, decisions }) }
}

async function askType(asker: Asker, { types }: Proposal): Promise<string> {
  const choices = types.slice(0, TYPES).map(({ type, confidence }) => ({
    name: `${type.name} · ${type.label.vi} · ${type.label.en} (${confidence.toFixed(2)})`,
    value: type.name,
  }))
  const others = types
    .slice(TYPES)
    .map(({ type }) => ({ name: `${type.name} · ${type.label.vi}`, value: type.name }))
  return asker.choose('What are the records of?', [...choices, ...others])
}

function askAttribute(
  asker: Asker,
  question: string,
  [proposed, { type }]: [string, Proposal],
): Promise<string> {
  const others = type.attributes
    .filter(({ name }) => name !== proposed)
    .map(({ name, label }) => ({ name: `${name} · ${label.vi}`, value: name }))
  const leave: Choice<string> = { name: 'leave it out', value: '' }
  return asker.choose(question, [{ name: proposed, value: proposed }, leave, ...others])
}

async function askTime(
  asker: Asker,
  names: readonly Choice<string>[],
  { propose, decisions }: { readonly propose: Propose; readonly decisions: Decisions },
): Promise<string> {
  const choices = names.filter(({ value }) => {
    try {
      return propose({ ...decisions, time: value }).time !== undefined
    } catch (error) {
      if (error instanceof DecisionFault) return false
      throw error
    }
  })
  if (choices.length === 0) return ''
  return asker.choose('Which field says when it was observed?', [...choices, { name: 'none', value: '' }])
}

function withColumn(decisions: Decisions, field: string, attribute: string): Decisions {
  return { ...decisions, columns: { ...decisions.columns, [field]: attribute } }
}
