/**
 * Two user-defined properties on a shipped protocol: reconfiguration with consensus (RAMBO),
 * section 5 of the tutorial.
 *
 *     npx quorate check own-properties.ts
 *
 * A property names its role, and is a function of that role's state: `spec/rambo/server.ts` has the
 * type.
 */
import type { ServerState } from "../../spec/rambo/server.ts"
import { scenariosWith } from "../scenario/scenario-of.ts"

/**
 * No server ever holds more than two configurations at once: one is retired before the third
 * begins.
 */
const fewConfigurations = {
  _tag: "Process",
  name: "few-configurations",
  about: "no server knows more than two active configurations",
  role: "server",
  holds: (_context: unknown, _self: unknown, { map }: ServerState) => map.active.length <= 2
} as const

/**
 * A retired configuration stays retired: the prefix of retired configurations that a server knows
 * never shrinks.
 */
const retiredGrows = {
  _tag: "Step",
  name: "retired-grows",
  about: "the number of configurations that a server knows to be retired never falls",
  role: "server",
  holds: (_context: unknown, _self: unknown, before: ServerState, after: ServerState) =>
    after.map.retired >= before.map.retired
} as const

export const scenarios = scenariosWith({
  protocol: "rambo",
  properties: [fewConfigurations, retiredGrows],
  scenarios: {
    "replace one server": {
      servers: ["s1", "s2"],
      configuration: ["s1"],
      clients: [["reconfigure +s2 -s1"], ["read"]],
      properties: ["atomicity", "few-configurations", "retired-grows"]
    },
    "three configurations in a row": {
      servers: ["s1", "s2", "s3"],
      configuration: ["s1"],
      clients: [["reconfigure +s2 -s1", "reconfigure +s3 -s2"]],
      properties: ["few-configurations"]
    }
  }
})
