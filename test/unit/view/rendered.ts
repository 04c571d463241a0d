import type { TermTable } from '../../../broker/core/context/term-table.ts'
import type { Entity } from '../../../broker/core/model/entity.ts'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { render as entityText } from '../../../broker/core/view/render.ts'
import { renderFeature as featureText } from '../../../broker/core/view/render-feature.ts'
import type { RenderOptions } from '../../../broker/core/view/render-options.ts'

type Rendered = JsonObject | undefined

/** Answers what a reader makes of an entity as it is written. */
export function render(entity: Entity, options: RenderOptions, table: TermTable): Rendered {
  return read(entityText(entity, { options, table }))
}

/** Answers what a reader makes of an entity that is written as a Feature. */
export function renderFeature(entity: Entity, options: RenderOptions, table: TermTable): Rendered {
  return read(featureText(entity, { options, table }))
}

function read(text: string | undefined): Rendered {
  return text === undefined ? undefined : JSON.parse(text)
}
