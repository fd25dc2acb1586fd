// node --experimental-websocket page.mjs <port> <expression>: evaluates it in the page of an app that was started with
// --remote-debugging-port, by Chromium's own protocol, and prints the result as JSON. For an app whose fuses refuse the inspector.

const [, , port, expression] = process.argv

/** @returns {Promise<string>} where the first page is spoken to */
async function pageSocket() {
  for (let tries = 0; tries < 100; tries++) {
    const targets = await fetch(`http://127.0.0.1:${port}/json/list`).then((answer) => answer.json())
    const page = targets.find((/** @type {{ type: string }} */ { type }) => type === 'page')
    if (page) return page.webSocketDebuggerUrl
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('there is no page')
}

/** @returns {Promise<unknown>} */
async function evaluated() {
  const socket = new WebSocket(await pageSocket())
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error('the page cannot be spoken to'))
  })
  const answer = new Promise((resolve) => {
    socket.onmessage = ({ data }) => resolve(JSON.parse(String(data)))
  })
  const params = { expression, awaitPromise: true, returnByValue: true }
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }))
  const { result, error } = await answer
  socket.close()
  // A window begins with an empty page, which goes when its own comes.
  if (/context was destroyed/.test(error?.message ?? '')) return evaluated()
  if (error || result.exceptionDetails) throw new Error(JSON.stringify(error ?? result.exceptionDetails))
  return result.result.value
}

process.stdout.write(JSON.stringify(await evaluated()), () => process.exit(0))
