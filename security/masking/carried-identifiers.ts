import { isJsonObject, type JsonValue } from '../../broker/core/model/json.ts'
import { findIdentifiers } from './find-identifiers.ts'
import type { IdentifierKind } from './identifier.ts'
import { isPersonalNumber, scanLabelled } from './scan-labelled.ts'
import { scanText } from './scan-text.ts'

/** An identifier that a value carries: where in it, and which detector saw it; `name` gave it away where the value alone does not. */
export interface Carried {
  /** Names of members from the value on, joined by dots; empty: the value itself. Never what is data rather than a name. */
  readonly path: string
  readonly detector: IdentifierKind | 'name-of-member'
}

const DEPTH = 6
const MOST = 50
const NAME = /^[A-Za-z_][\w-]{0,39}$/

/** Finds what identifiers a value carries, each kind and place once; the label is the name of its attribute. */
export function carriedIdentifiers(value: JsonValue, label: string): readonly Carried[] {
  const found = new Map<string, Carried>()
  walk(value, { label, path: '', depth: 0 })
  return [...found.values()]

  function walk(
    part: JsonValue,
    at: { readonly label: string; readonly path: string; readonly depth: number },
  ): void {
    if (found.size >= MOST || at.depth > DEPTH) return
    if (typeof part === 'string') for (const detector of inText(part, at.label)) add(at.path, detector)
    else if (typeof part === 'number') {
      if (isPersonalNumber(part, at.label)) add(at.path, 'name-of-member')
    } else if (Array.isArray(part)) for (const item of part) walk(item, { ...at, depth: at.depth + 1 })
    else if (isJsonObject(part))
      for (const [name, item] of Object.entries(part))
        walk(item, { ...inside(name, at), depth: at.depth + 1 })
  }

  function add(path: string, detector: Carried['detector']): void {
    found.set(`${detector} ${path}`, { path, detector })
  }
}

function inText(text: string, label: string): readonly Carried['detector'][] {
  const kinds = findIdentifiers(text).hits.map(({ kind }) => kind)
  if (kinds.length > 0) return kinds
  return scanLabelled(text, label) === text ? [] : ['name-of-member']
}

/** A name that may be data itself, such as a number or a text, stands as `*`. */
function inside(
  name: string,
  at: { readonly label: string; readonly path: string },
): { label: string; path: string } {
  if (name.startsWith('@')) return at
  const shown = NAME.test(name) && scanText(name) === name ? name : '*'
  return { label: name.length <= 3 ? at.label : name, path: at.path === '' ? shown : `${at.path}.${shown}` }
}
