// Before anything is drawn: the language that was chosen here, or the first that the browser asks for. It is no module, so
// that the page waits for it.
document.documentElement.lang =
  localStorage.getItem('hub-language') ??
  navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === 'vi' || tag === 'en') ??
  'en'
