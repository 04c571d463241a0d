import { copyButton } from '/docs/copy.js'

/** Works on the guide that the hub sent: buttons that copy its code, lists that stand open where there is room. */
export function draw() {
  for (const pre of document.querySelectorAll('.code pre')) pre.after(...copyButton(pre))
  for (const box of document.querySelectorAll('.code pre, .wide'))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
  follow(document.querySelector('.aside'), '(min-width: 64rem)')
  follow(document.querySelector('.inside'), '(min-width: 80rem)')
  document.querySelector('.aside [aria-current]')?.scrollIntoView({ block: 'nearest' })
}

/** Folds a list out while the window is wide. */
function follow(details, width) {
  if (!details) return
  const wide = matchMedia(width)
  const set = () => {
    details.open = wide.matches
  }
  wide.addEventListener('change', set)
  set()
}
