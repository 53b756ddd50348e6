/**
 * How long a node with much data takes to start, and its memory. A folder is filled through the log
 * itself; then the command starts the node with it, until it listens. Processor time says more than
 * time on a machine that does other work.
 *
 * `npm run bench -- size [--registers N,…] [--bytes N]`
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { systemClock } from "../../impl/environment/clock.ts"
import { recordWriter } from "../../impl/host/written-record.ts"
import { runnableNamed } from "../../impl/protocols.ts"
import { FileDisk } from "../../impl/storage/file-disk.ts"
import { beginIn } from "../../impl/storage/folder.ts"
import { Log } from "../../impl/storage/log.ts"
import { client } from "../../spec/nodes/nodes.ts"
import { Installation } from "../checker/command/installation.ts"
import { syncMilliseconds } from "./store/limits.ts"
import { end, freePorts, inFolder, launch, listening, processorOf } from "./store/system.ts"

/** The bytes that are appended at a time. */
const appendedBytes = 4 * 2 ** 20

/** A folder of a node that is the only one of its system, with these registers. */
const fill = async (folder: string, registers: number, bytes: number): Promise<number> => {
  const [node] = beginIn(new Map([["s1", folder]]), "rambo")
  if (node === undefined) throw new Error("no system has begun")
  const disk = new FileDisk(join(folder, "log"))
  const broken = ({ message }: { readonly message: string }): never => {
    throw new Error(message)
  }
  const { Message, parts } = runnableNamed("rambo")
  const { preamble, encode } = recordWriter({ Message, part: parts.server })
  const options = {
    ...(preamble === undefined ? {} : { preamble }),
    snapshot: () => [][Symbol.iterator](),
    ...{ broken, compactionBytes: 2 ** 50 }
  }
  const opened = Log.open(disk, systemClock, options, () => undefined)
  if (opened._tag === "Failure") throw opened.failure
  const { log } = opened.success
  const pair = { timestamp: { number: 1, client: client("filler/1") }, value: "v".repeat(bytes) }
  const atOnce = Math.max(1, Math.floor(appendedBytes / bytes))
  for (let from = 0; from < registers; from += atOnce) {
    await new Promise<void>((resolve) => {
      const to = Math.min(registers, from + atOnce)
      for (let at = from; at < to; at++) {
        const record = encode({ steps: [{ node, key: `k${at}`, own: { pair } }] })
        log.append(record, at + 1 === to ? resolve : () => undefined)
      }
    })
  }
  log.close()
  await new Promise<void>((resolve) => disk.close(resolve))
  return log.bytes
}

export const size = async (given: ReadonlyArray<string>): Promise<void> => {
  const { values } = parseArgs({
    args: [...given],
    options: {
      registers: { type: "string", default: "0,100000,1000000" },
      bytes: { type: "string", default: "100" }
    }
  })
  const bytes = Number(values.bytes)
  const installation = new Installation({ scenarios: false })
  console.log(`limits of this machine: a sync ${(await syncMilliseconds()).toFixed(2)} ms`)
  for (const registers of values.registers.split(",").map(Number)) {
    await inFolder(async (folder) => {
      const data = join(folder, "s1")
      const logBytes = await fill(data, registers, bytes)
      const [port = 0] = await freePorts(1)
      const begun = performance.now()
      const servers = ["--servers", `s1=127.0.0.1:${port}`]
      const given = [installation.script, "node", "--name", "s1", "--data", data, ...servers]
      const node = launch(process.execPath, given)
      try {
        await listening(port)
        const seconds = (performance.now() - begun) / 1000
        const status = readFileSync(`/proc/${node.pid}/status`, "utf8")
        const resident = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
        console.log(
          `${registers} registers of ${bytes} bytes, ${(logBytes / 2 ** 20).toFixed(0)} MiB of log: listens after ${seconds.toFixed(1)} s, ${(processorOf([node]) / 1000).toFixed(1)} s of processor time, ${resident.toFixed(0)} MiB resident`
        )
      } finally {
        await end(node)
      }
    })
  }
  installation.remove()
}
