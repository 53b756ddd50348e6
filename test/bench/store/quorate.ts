import { join } from "node:path"
import { connect } from "../../../impl/client/store.ts"
import { Installation } from "../../checker/command/installation.ts"
import { end, ended, freePorts, launch, listening, type System } from "./system.ts"

/**
 * Three nodes that run this protocol, and a client in this process. A fourth node may take the
 * place of the first.
 */
const running = (name: string, protocol: string, about: string): System => ({
  name,
  about,
  isPresent: () => true,
  start: async (folder) => {
    const installation = new Installation({ scenarios: false })
    const ports = await freePorts(4)
    const isReconfigurable = protocol === "rambo"
    const addresses = ports.map((port, index) => `s${index + 1}=127.0.0.1:${port}`)
    const firstAddresses = addresses.slice(0, 3).join(",")
    const servers = isReconfigurable ? `${firstAddresses},+${addresses[3]}` : firstAddresses
    const run = (...given: ReadonlyArray<string>) =>
      launch(process.execPath, [installation.script, ...given])
    const system = ["--protocol", protocol, "--servers", servers]
    const startNode = (node: string, ...how: ReadonlyArray<string>) =>
      run("node", ...system, "--name", node, "--data", join(folder, node), ...how)
    const nodes = ["s1", "s2", "s3"].map((node) => startNode(node, "--begin"))
    await Promise.all(ports.slice(0, 3).map(listening))
    const store = await connect({ servers, protocol, timeoutMilliseconds: 60_000 })
    return {
      processes: nodes,
      read: (key) => store.get(key),
      write: (key, value) => store.put(key, value),
      killOne: () => end(nodes[0] as (typeof nodes)[number]),
      replaceOne: isReconfigurable
        ? async () => {
            nodes.push(startNode("s4"))
            await listening(ports[3] as number)
            await ended(run("reconfigure", "+s4", "-s1", ...system))
          }
        : undefined,
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
