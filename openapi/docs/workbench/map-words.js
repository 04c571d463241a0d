// What a map says of itself to who cannot see it, and on its buttons.

import { say } from '/elements.js'

const BUTTONS = () => ({
  closer: say(['Phóng to', 'Zoom in']),
  farther: say(['Thu nhỏ', 'Zoom out']),
  whole: say(['Xem toàn bộ', 'Show all']),
})

/** Labels of a map to pick on, and of one that shows an answer, in the language of the page. */
export const MAP_LABELS = {
  picking: () => ({
    ...BUTTONS(),
    map: say([
      'Bản đồ để chọn điểm: phím mũi tên dời bản đồ, + và − phóng thu, Enter chọn điểm ở giữa',
      'Map to pick points on: arrow keys move it, + and − zoom, Enter picks the middle',
    ]),
  }),
  showing: (count) => ({
    ...BUTTONS(),
    map: say([`Bản đồ với ${count} đối tượng`, `Map of ${count} features`]),
  }),
}
