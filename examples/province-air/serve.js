// Serves the page of this folder, and the client that a hub would serve as /client.js: node serve.js [hubs.json] [port]
import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'

const [hubs = 'hubs.json', port = '8080'] = process.argv.slice(2)
const here = (path) => new URL(path, import.meta.url)
const FILES = {
  '/': [here('index.html'), 'text/html; charset=utf-8'],
  '/app.css': [here('app.css'), 'text/css; charset=utf-8'],
  '/app.js': [here('app.js'), 'text/javascript; charset=utf-8'],
  '/client.js': [here('../../openapi/client/dist/client.js'), 'text/javascript; charset=utf-8'],
  '/hubs.json': [here(hubs), 'application/json'],
}
if (!existsSync(FILES['/client.js'][0]))
  throw new Error('Client is not built: npm run build in the folder of the project makes it')

createServer(({ url = '/' }, response) => {
  const [file, type] = FILES[new URL(url, 'http://localhost').pathname] ?? []
  if (!file) return response.writeHead(404).end('There is no such page')
  response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' })
  createReadStream(file).pipe(response)
}).listen(Number(port), '127.0.0.1', function () {
  process.stdout.write(`Page is at http://127.0.0.1:${this.address().port}/\n`)
})
