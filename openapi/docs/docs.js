// Shows the OpenAPI document of this hub; everything comes from the hub itself.

const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()

globalThis.SwaggerUIBundle({
  url: '/openapi.json',
  domNode: document.getElementById('reference'),
  validatorUrl: null,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: false,
})

const answer = await fetch('/hub.json')
if (answer.ok) {
  const { title } = await answer.json()
  document.getElementById('hub').textContent = title
  document.title = `API · ${title}`
}
