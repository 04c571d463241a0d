// Draws GeoJSON as SVG, with nothing but what the hub answers: no tiles, no other server.

import { extentOf, pathOf, planeAround } from '/docs/workbench/geometry.js'

const SVG = 'http://www.w3.org/2000/svg'
const STEP = 0.2
const CLOSER = 0.6
const SCALES = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000]

/**
 * Makes a map of layers, each with its class and features, around what `fit` holds. `picked` is called with the position of a
 * click, and of Enter in the middle of the map; `chosen` with a feature that is clicked. Labels are plain texts.
 */
export function createMap({ layers, fit, labels, picked, chosen }) {
  const extent = extentOf(fit)
  const plane = planeAround(extent)
  const [west, south, east, north] = extent
  const home = {
    x: plane.x(west),
    y: plane.y(north),
    width: plane.x(east) - plane.x(west),
    height: plane.y(south) - plane.y(north),
  }
  const view = { ...home }
  const svg = shape('svg', { role: 'img', tabindex: '0', 'aria-label': labels.map, class: 'map-drawing' })
  const cross = shape('path', { class: 'map-cross' })
  const scale = document.createElement('output')
  scale.className = 'map-scale'
  const drawn = new Map()
  for (const { name, features } of layers) svg.append(layer(name, features))
  svg.append(cross)
  svg.addEventListener('keydown', key)
  svg.addEventListener('click', click)
  show()
  const root = document.createElement('div')
  root.className = 'map'
  root.append(svg, buttons(), scale)
  return {
    element: root,
    /** Draws a layer anew. */
    draw: (name, features) => svg.querySelector(`[data-layer="${name}"]`)?.replaceWith(layer(name, features)),
    /** Marks one feature among the others. */
    mark: (feature) => {
      for (const [each, path] of drawn) path.classList.toggle('marked', each === feature)
      drawn.get(feature)?.parentNode.append(drawn.get(feature))
    },
  }

  function layer(name, features) {
    const group = shape('g', { class: `map-${name}`, 'data-layer': name })
    for (const feature of features) {
      const isDot = /Point$/.test(feature.geometry?.type ?? '')
      const path = shape('path', { d: pathOf(feature.geometry, plane), class: isDot ? 'dot' : 'outline' })
      if (feature.label !== undefined) {
        const title = shape('title', {})
        title.textContent = feature.label
        path.append(title)
      }
      drawn.set(feature, path)
      group.append(path)
    }
    return group
  }

  function show() {
    svg.setAttribute('viewBox', `${view.x} ${view.y} ${view.width} ${view.height}`)
    const [x, y, arm] = [view.x + view.width / 2, view.y + view.height / 2, view.width / 40]
    cross.setAttribute('d', `M${x - arm} ${y}h${arm * 2}M${x} ${y - arm}v${arm * 2}`)
    const length = SCALES.findLast((metres) => metres <= plane.metres(view.width) / 3) ?? SCALES[0]
    scale.textContent = length < 1000 ? `${length} m` : `${length / 1000} km`
    scale.style.setProperty('--share', String(length / plane.metres(view.width)))
  }

  function move(right, down) {
    view.x += view.width * right * STEP
    view.y += view.height * down * STEP
    show()
  }

  function zoom(factor) {
    view.x += (view.width * (1 - factor)) / 2
    view.y += (view.height * (1 - factor)) / 2
    view.width *= factor
    view.height *= factor
    show()
  }

  function key(event) {
    const action = {
      ArrowLeft: () => move(-1, 0),
      ArrowRight: () => move(1, 0),
      ArrowUp: () => move(0, -1),
      ArrowDown: () => move(0, 1),
      '+': () => zoom(CLOSER),
      '=': () => zoom(CLOSER),
      '-': () => zoom(1 / CLOSER),
      0: whole,
      Enter: () => picked?.(plane.position(view.x + view.width / 2, view.y + view.height / 2)),
    }[event.key]
    if (!action) return
    event.preventDefault()
    action()
  }

  function whole() {
    Object.assign(view, home)
    show()
  }

  function click(event) {
    const feature = [...drawn].find(([, path]) => path === event.target)?.[0]
    if (feature && chosen?.(feature)) return
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse())
    picked?.(plane.position(x, y))
  }

  function buttons() {
    const bar = document.createElement('div')
    bar.className = 'map-buttons'
    for (const [label, sign, action] of [
      [labels.closer, '+', () => zoom(CLOSER)],
      [labels.farther, '−', () => zoom(1 / CLOSER)],
      [labels.whole, '⤢', whole],
    ]) {
      const button = document.createElement('button')
      button.type = 'button'
      button.setAttribute('aria-label', label)
      button.title = label
      button.textContent = sign
      button.addEventListener('click', action)
      bar.append(button)
    }
    return bar
  }
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}
