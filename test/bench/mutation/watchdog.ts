/**
 * Ends the process that it is in, once that has taken too much processor time for one piece of
 * work: a mutant may never return. Processor time does not depend on what else the machine does.
 */
import { Worker } from "node:worker_threads"

/** What the process is ended with. */
export const endedForTime = "SIGKILL"

const thread = `
const { workerData } = require("node:worker_threads")
const { pieces, maxMilliseconds, signal } = workerData
const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000 }
let piece = 0
let begun = used()
setInterval(() => {
  const now = Atomics.load(pieces, 0)
  if (now !== piece) { piece = now; begun = used() }
  else if (used() - begun > maxMilliseconds) process.kill(process.pid, signal)
}, 500)
`

/** Watches from now on. The function that it returns says that the next piece of work begins. */
export const watch = (maxMilliseconds: number): (() => void) => {
  const pieces = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const workerData = { pieces, maxMilliseconds, signal: endedForTime }
  new Worker(thread, { eval: true, workerData }).unref()
  return () => Atomics.add(pieces, 0, 1)
}
