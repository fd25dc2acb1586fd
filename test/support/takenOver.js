// What a page that was taken over tries (test/e2e/hostile.spec.ts): an expression, evaluated in the app's own page.
/* global document, location, window, WebSocket, navigator, Notification, fetch, setTimeout */
;(async () => {
  const refused = async (task) => {
    try {
      await task()
      return false
    } catch {
      return true
    }
  }
  const policy = []
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => policy.push(effectiveDirective))
  const add = (tag, facts) => void document.body.append(Object.assign(document.createElement(tag), facts))
  const global = globalThis
  add('script', { textContent: 'globalThis.injected = true' })
  add('script', { src: 'http://127.0.0.1:9/x.js' })
  add('img', { src: 'http://127.0.0.1:9/x.png' })
  add('iframe', { src: 'data:text/html,<p>' })
  add('form', { action: 'http://127.0.0.1:9/', method: 'post' })
  document.querySelector('body > form')?.submit()
  location.href = 'http://127.0.0.1:9/'
  location.href = 'file:///etc/passwd'
  const results = {
    opened: window.open('http://127.0.0.1:9/') !== null,
    openedFile: window.open('file:///etc/passwd') !== null,
    fetch: await refused(() => fetch('http://127.0.0.1:9/')),
    fetchFile: await refused(async () => (await fetch('file:///etc/passwd')).text()),
    socket: await refused(
      () =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket('ws://127.0.0.1:9/')
          socket.onopen = resolve
          socket.onerror = reject
        }),
    ),
    eval: await refused(() => (0, eval)('1')),
    node: [typeof global['require'], typeof global['process'], typeof global['Buffer']],
    bridge: Object.keys(global.amorce).sort(),
    frozen: await refused(() => {
      global.amorce.call = () => 1
      if (global.amorce.call() !== 1) throw new Error()
    }),
    microphone: await refused(() => navigator.mediaDevices.getUserMedia({ audio: true })),
    screen: await refused(() => navigator.mediaDevices.getDisplayMedia()),
    notify: await Notification.requestPermission(),
    where: await new Promise((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve('told'),
        ({ code }) => resolve(code),
      ),
    ),
    clipboard: await refused(() => navigator.clipboard.readText()),
  }
  await new Promise((resolve) => setTimeout(resolve, 500))
  return { ...results, injected: 'injected' in global, policy: [...new Set(policy)].sort() }
})()
