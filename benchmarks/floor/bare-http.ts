// The floor: the JSON of whoami from node:http, for anybody.
import { createServer } from 'node:http'
import { identity } from './identity.js'
import { listenAndTell } from './tell-parent.js'

listenAndTell(
  createServer((_request, response) => {
    const body = JSON.stringify(identity)
    response.writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
    })
    response.end(body)
  }),
)
