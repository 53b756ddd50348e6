/**
 * The tutorial's figure 1, from a real run: the graph of configurations that two conflicting
 * reconfigurations, a write and a read traverse.
 */

import { majority } from "../../spec/configuration/configuration.ts"
import { dynastore } from "../../spec/dynastore/protocol.ts"
import { systemOf } from "../../spec/kernel/protocol.ts"
import { client, servers } from "../../spec/nodes/nodes.ts"
import type { StorageOperation } from "../../spec/storage/reconfiguration.ts"
import { graphDot, graphMermaid, graphText, traversalsOf } from "../spec/dynastore/graph.ts"
import { simulate } from "./simulation.ts"

const operations: ReadonlyArray<StorageOperation> = [
  { _tag: "Reconfigure", add: [], remove: servers("s4") },
  { _tag: "Reconfigure", add: servers("s5"), remove: [] },
  { _tag: "Write", value: 1 },
  { _tag: "Read" }
]

/** The third scenario of section 4: from s1 to s4, one client removes s4 and another adds s5. */
export const traversals = (seed: number) =>
  traversalsOf(
    simulate(
      systemOf(
        dynastore,
        {
          servers: servers("s1", "s2", "s3", "s4", "s5"),
          clients: operations.map((_, index) => client(`c${index + 1}`)),
          configuration: majority(servers("s1", "s2", "s3", "s4"))
        },
        dynastore.variants[0]
      ),
      operations.map((operation, index) => ({
        client: client(`c${index + 1}`),
        at: 0,
        operations: [operation]
      })),
      seed
    )
  )

export const figure1 = (): void => {
  const run = traversals(mergingSeed)
  console.log([graphText(run), graphMermaid(run), graphDot(run)].join("\n\n"))
}

/**
 * Of the runs of the first two thousand seeds, one in which the clients' subgraphs differ: two see
 * a single branch.
 */
export const mergingSeed = 1893
