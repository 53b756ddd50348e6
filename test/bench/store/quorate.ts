import { join } from "node:path"
import { connect } from "../../../impl/client/store.ts"
import { Installation } from "../../checker/command/installation.ts"
import { end, freePorts, launch, listening, type System } from "./system.ts"

export const quorate: System = {
  name: "quorate",
  about: "3 nodes, each write and each read of an unsettled value synced at a majority; atomic",
  isPresent: () => true,
  start: async (folder) => {
    const installation = new Installation({ scenarios: false })
    const ports = await freePorts(3)
    const servers = ports.map((port, index) => `s${index + 1}=127.0.0.1:${port}`).join(",")
    const nodes = ports.map((_, index) => {
      const name = `s${index + 1}`
      const given = [
        "node",
        "--name",
        name,
        "--servers",
        servers,
        "--data",
        join(folder, name),
        "--begin"
      ]
      return launch(process.execPath, [installation.script, ...given])
    })
    await Promise.all(ports.map(listening))
    const store = await connect({ servers, timeoutMilliseconds: 60_000 })
    return {
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
}
