/**
 * The same in plain JavaScript, with a UDP socket for every node. UDP may lose and repeat
 * datagrams, while the contract requires links that do neither. So a sender repeats a message until
 * it is acknowledged, and the receiver takes it once. `npm install quorate`, then `node udp.js`.
 */
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { Configuration, Nodes, Protocol, rambo } from "quorate/spec"

const writer = Nodes.client("c1")
const reader = Nodes.client("c2")
const parameters = {
  servers: Nodes.servers("s1", "s2", "s3", "s4"),
  clients: [writer, reader],
  configuration: Configuration.majority(Nodes.servers("s1", "s2", "s3"))
}
const { context, nodes } = Protocol.systemOf(rambo, parameters, rambo.variants[0])
const host = "127.0.0.1"
const ports = new Map()
const sockets = []
const ended = new Map()

const begin = async ({ id, process }) => {
  const socket = createSocket("udp4")
  let state = process.initial(context, id)
  let sent = 0
  const unacknowledged = new Map()
  const taken = new Set()
  const transmit = (to, datagram) => socket.send(JSON.stringify(datagram), ports.get(to), host)

  const take = (input) => {
    const step = process.step(context, id, state, input)
    state = step.state
    for (const { to, message } of step.sends) {
      const datagram = { from: id, number: ++sent, message }
      unacknowledged.set(sent, [to, datagram])
      transmit(to, datagram)
    }
    for (const seen of step.observations) if (seen._tag === "Response") ended.get(id)?.(seen.result)
    const [choice] = process.choices(context, id, state)
    if (choice !== undefined) take({ _tag: "Choose", choice })
  }
  socket.on("message", (text) => {
    const { from, number, acknowledged, message } = JSON.parse(text.toString())
    if (acknowledged !== undefined) return unacknowledged.delete(acknowledged)
    transmit(from, { acknowledged: number })
    if (taken.has(`${from} ${number}`)) return
    taken.add(`${from} ${number}`)
    take({ _tag: "Receive", from, message })
  })
  const again = setInterval(() => {
    for (const [to, datagram] of unacknowledged.values()) transmit(to, datagram)
  }, 50)
  socket.bind(0, host)
  await once(socket, "listening")
  ports.set(id, socket.address().port)
  sockets.push({ close: () => [clearInterval(again), socket.close()] })
  return [id, take]
}

const started = new Map(await Promise.all(nodes.map(begin)))
const ask = (client, operation) =>
  new Promise((resolve) => {
    ended.set(client, resolve)
    started.get(client)({ _tag: "Invoke", operation })
  })

await ask(writer, { _tag: "Write", value: "hello" })
await ask(writer, { _tag: "Reconfigure", add: Nodes.servers("s4"), remove: Nodes.servers("s2") })
console.log(await ask(reader, { _tag: "Read" }))
for (const socket of sockets) socket.close()
