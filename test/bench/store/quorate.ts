import { join } from "node:path"
import { connect } from "../../../impl/client/store.ts"
import { Installation } from "../../checker/command/installation.ts"
import { end, freePorts, launch, listening, type System } from "./system.ts"

/** Three nodes that run this protocol, and a client in this process. */
const running = (name: string, protocol: string, about: string): System => ({
  name,
  about,
  isPresent: () => true,
  start: async (folder) => {
    const installation = new Installation({ scenarios: false })
    const ports = await freePorts(3)
    const servers = ports.map((port, index) => `s${index + 1}=127.0.0.1:${port}`).join(",")
    const nodes = ports.map((_, index) => {
      const node = `s${index + 1}`
      const given = ["--protocol", protocol, "--name", node, "--servers", servers]
      const where = ["--data", join(folder, node), "--begin"]
      return launch(process.execPath, [installation.script, "node", ...given, ...where])
    })
    await Promise.all(ports.map(listening))
    const store = await connect({ servers, protocol, timeoutMilliseconds: 60_000 })
    return {
      processes: nodes,
      read: (key) => store.get(key),
      write: (key, value) => store.put(key, value),
      killOne: () => end(nodes[0] as (typeof nodes)[number]),
      stop: async () => {
        await store.close()
        await Promise.all(nodes.map(end))
        installation.remove()
      }
    }
  }
})

export const quorate: System = running(
  "quorate",
  "rambo",
  "3 nodes, reconfigurable; each write and each read of an unsettled value synced at a majority; atomic"
)

export const majority: System = running("majority", "majority", "the same without reconfiguration")
