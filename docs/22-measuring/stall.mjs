// A server that stands still for one second, and two clients who measure it at the same time.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const [SECONDS, EVERY_MS] = [3, 10]
let startedAt = performance.now()
const elapsed = () => performance.now() - startedAt

const server = createServer(async (_request, response) => {
  const standsStill = elapsed() > 1_000 && elapsed() < 2_000
  if (standsStill) await sleep(2_000 - elapsed())
  response.end('ok')
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const url = `http://127.0.0.1:${server.address().port}`
// The first request finds code that was not run yet.
await fetch(url)
startedAt = performance.now()

// #region waits
/** Sends the next request when the last one was answered: while the server stands still, it asks nothing. */
async function clientThatWaits(latencies) {
  while (elapsed() < SECONDS * 1_000) {
    const sentAt = elapsed()
    await (await fetch(url)).text()
    latencies.push(elapsed() - sentAt)
    await sleep(EVERY_MS)
  }
}
// #endregion waits

// #region does-not-wait
/** Sends a request whenever one is due, and counts from then: as people do, who do not wait for each other. */
async function clientThatDoesNot(latencies) {
  const answers = []
  for (let due = elapsed(); due < SECONDS * 1_000; due += EVERY_MS) {
    await sleep(due - elapsed())
    const answered = fetch(url).then((answer) => answer.text())
    answers.push(answered.then(() => latencies.push(elapsed() - due)))
  }
  await Promise.all(answers)
}
// #endregion does-not-wait

const [waiting, notWaiting] = [[], []]
await Promise.all([clientThatWaits(waiting), clientThatDoesNot(notWaiting)])
server.close()
server.closeAllConnections()
tell('waits', waiting)
tell('does not wait', notWaiting)

function tell(name, latencies) {
  const sorted = latencies.toSorted((a, b) => a - b)
  const within = (share) => `${sorted[Math.ceil(share * sorted.length) - 1].toFixed(0)} ms`
  console.log(
    `the client that ${name}: ${sorted.length} answers, half of them within ${within(0.5)},`,
  )
  console.log(`  95 of 100 within ${within(0.95)}, the slowest after ${within(1)}`)
}
