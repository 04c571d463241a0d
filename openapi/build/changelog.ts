import type { Change } from './compare-schemas.ts'
import { changesBetween } from './compatibility.ts'
import type { Contract } from './contract.ts'

const HEAD = `# Changes of the API

What callers notice, by version of the OpenAPI document (\`info.version\`); the newest first. Additions raise the second number, and what breaks callers the first.
Refusals are told by the catalogue of problems, entity types by [the ontology](ontology.md). This page is made by comparing documents (\`npm run openapi\`).
`

/** Writes what is new since a release on top of what the page says of that and those before it. */
export function writeChangelog(page: string, released: Contract, current: Contract): string {
  const sections = page.split(/^(?=## )/m)
  const last = sections.findIndex((text) => text.startsWith(`## ${released.version}\n`))
  const former = last < 0 ? [] : sections.slice(last).map((text) => `${text.trimEnd()}\n`)
  const changes = changesBetween(released, current)
  const coming = changes.length === 0 ? [] : [section(current.version, changes)]
  return [HEAD, ...coming, ...former].join('\n')
}

function section(version: string, changes: readonly Change[]): string {
  const breaks = changes.filter((change) => change.breaks)
  const others = changes.filter((change) => !change.breaks)
  return [`## ${version}\n`, ...list('Breaks callers', breaks), ...list('New', others)].join('\n')
}

function list(title: string, changes: readonly Change[]): readonly string[] {
  if (changes.length === 0) return []
  return [`**${title}**\n`, ...changes.map(({ text }) => `- ${text}`), '']
}
