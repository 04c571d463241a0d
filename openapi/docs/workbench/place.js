// Where entities have to be: typed, or picked on a map of the administrative units that the hub knows.

import { button, choice, field } from '/docs/fields.js'
import { createMap } from '/docs/workbench/map.js'
import { MAP_LABELS } from '/docs/workbench/map-words.js'
import { positionIn } from '/docs/workbench/query.js'
import { element } from '/elements.js'

const RELATIONS = [
  ['', ['ở đâu cũng được', 'anywhere']],
  ['near', ['gần một điểm', 'near a point']],
  ['within', ['nằm trong', 'within']],
  ['intersects', ['giao với', 'intersecting']],
  ['contains', ['chứa', 'containing']],
  ['disjoint', ['tách rời', 'apart from']],
  ['overlaps', ['chồng lấn', 'overlapping']],
  ['equals', ['trùng với', 'equal to']],
]
const GEOMETRIES = [
  ['Polygon', ['một vùng', 'an area']],
  ['Point', ['một điểm', 'a point']],
  ['LineString', ['một đường', 'a line']],
]

/** Makes the fields of a place; `units` are features of the units, `changed` is called at each change. */
export function placeFields({ relation, geometry, positions, distance }, { units, changed }) {
  const kept = {
    relation,
    geometry,
    distance,
  }
  let places = [...positions]
  const typed = element('textarea', { rows: '3', spellcheck: 'false', input: type })
  const parts = element('div', { class: 'place', hidden: relation === '' })
  const chosen = choice(undefined, RELATIONS, relation, {
    change: ({ currentTarget: { value } }) => {
      kept.relation = value
      draw()
      changed()
    },
  })
  draw()
  return {
    elements: [field(['Vị trí', 'Place'], chosen), parts],
    read: () => ({ ...kept, positions: [...places] }),
  }

  function draw() {
    parts.hidden = kept.relation === ''
    if (parts.hidden) return
    const isNear = kept.relation === 'near'
    const map = createMap({
      layers: [
        { name: 'units', features: units },
        { name: 'picked', features: picked() },
      ],
      fit: picked().length > 0 ? picked() : units,
      labels: MAP_LABELS.picking(),
      picked: pick,
    })
    const show = () => map.draw('picked', picked())
    typed.value = places.map(([longitude, latitude]) => `${longitude}, ${latitude}`).join('\n')
    typed.oninput = show
    parts.replaceChildren(
      isNear
        ? field(
            ['Cách không quá (m)', 'At most so far (m)'],
            element('input', {
              ...{ type: 'number', min: '1', value: kept.distance },
              input: ({ currentTarget: { value } }) => {
                kept.distance = value
                changed()
              },
            }),
          )
        : field(
            ['Hình', 'Geometry'],
            choice(undefined, GEOMETRIES, kept.geometry, {
              change: ({ currentTarget: { value } }) => {
                kept.geometry = value
                show()
                changed()
              },
            }),
          ),
      field(['Tọa độ: kinh độ, vĩ độ', 'Coordinates: longitude, latitude'], typed, [
        'Mỗi dòng một điểm; hoặc bấm trên bản đồ, hoặc dời bản đồ bằng phím mũi tên rồi bấm Enter',
        'One a line; or click on the map, or move it by the arrow keys and press Enter',
      ]),
      button(['Xóa các điểm', 'Clear'], () => {
        places = []
        typed.value = ''
        show()
        changed()
      }),
      map.element,
    )

    function pick(position) {
      const rounded = position.map((degrees) => Math.round(degrees * 1e5) / 1e5)
      places = isNear || kept.geometry === 'Point' ? [rounded] : [...places, rounded]
      typed.value = places.map(([longitude, latitude]) => `${longitude}, ${latitude}`).join('\n')
      show()
      changed()
    }
  }

  function type() {
    places = typed.value.split('\n').flatMap(positionIn)
    changed()
  }

  function picked() {
    if (places.length === 0) return []
    const dots = { geometry: { type: 'MultiPoint', coordinates: places } }
    const isLine = kept.relation !== 'near' && kept.geometry !== 'Point' && places.length > 1
    const line = isLine && {
      geometry:
        kept.geometry === 'Polygon'
          ? { type: 'Polygon', coordinates: [[...places, places[0]]] }
          : { type: 'LineString', coordinates: places },
    }
    return line ? [line, dots] : [dots]
  }
}
