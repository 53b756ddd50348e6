/**
 * What the machine allows: the time of one sync of a small write, and of one round trip over the
 * loopback interface.
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs"
import { connect, createServer } from "node:net"
import { join } from "node:path"
import { freePorts, inFolder } from "./system.ts"

const syncs = 300
const roundTrips = 2000

const median = (times: Array<number>): number =>
  times.sort((left, right) => left - right)[times.length >> 1] ?? 0

/** The median time of a write of 500 bytes and its sync, in milliseconds. */
export const syncMilliseconds = (): Promise<number> =>
  inFolder(async (folder) => {
    const file = openSync(join(folder, "log"), "w")
    const bytes = Buffer.alloc(500, 1)
    const times: Array<number> = []
    for (let at = 0; at < syncs; at++) {
      const begun = performance.now()
      writeSync(file, bytes, 0, bytes.length, at * bytes.length)
      fdatasyncSync(file)
      times.push(performance.now() - begun)
    }
    closeSync(file)
    return median(times)
  })

/** The median time of a round trip between two sockets of this process, in milliseconds. */
export const loopbackMilliseconds = async (): Promise<number> => {
  const [port = 0] = await freePorts(1)
  const server = createServer((socket) => socket.setNoDelay(true).pipe(socket))
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve))
  const socket = connect(port, "127.0.0.1").setNoDelay(true)
  const times: Array<number> = []
  for (let at = 0; at < roundTrips; at++) {
    const begun = performance.now()
    await new Promise<void>((resolve) => {
      socket.once("data", () => resolve())
      socket.write("a question")
    })
    times.push(performance.now() - begun)
  }
  socket.destroy()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return median(times)
}
