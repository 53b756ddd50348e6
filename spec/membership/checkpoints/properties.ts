/**
 * The properties of checkpoints.
 */
import { equals } from "../../kernel/data.ts"
import type { Sometimes, StepInvariant, WholeInvariant } from "../../kernel/property.ts"
import type { GlobalState } from "../../kernel/system.ts"
import type { ClientState } from "./client.ts"
import type { LogState } from "./log.ts"
import type { Message } from "./messages.ts"
import type { ReplicaState } from "./replica.ts"

interface States {
  readonly server: ReplicaState
  readonly client: ClientState
  readonly administrator: LogState
}
type Whole = GlobalState<States, Message>

/** What a replica has executed or adopted is what the log's first slots come to. */
export const statesAreOfLog: WholeInvariant<unknown, Whole> = {
  _tag: "Whole",
  name: "states-are-of-log",
  about: "the state of a correct replica is the one that the log's entries so far come to",
  holds: (_context, { nodes }) => {
    const entries = Object.values(nodes.administrator).flatMap((log) => log.entries)
    return Object.values(nodes.server).every(
      ({ executed }) =>
        executed.number === executed.entries.length &&
        equals(executed.entries, entries.slice(0, executed.number))
    )
  }
}

/** A replica executes no slot twice. */
export const neverGoesBack: StepInvariant<unknown, "server", ReplicaState> = {
  _tag: "Step",
  name: "never-goes-back",
  about: "a replica never goes back to a state after fewer slots",
  role: "server",
  holds: (_context, _self, before, after) => after.executed.number >= before.executed.number
}

/** A replica that did not receive a slot comes to the end of the log. */
export const catchesUp: Sometimes<unknown, Whole> = {
  _tag: "Sometimes",
  name: "catches-up",
  about: "a replica that did not receive some slot has executed the whole log",
  holds: (_context, { nodes }) => {
    const [log] = Object.values(nodes.administrator)
    if (log === undefined || log.cutOff === null) return false
    const replica = nodes.server[log.cutOff]
    return replica !== undefined && replica.executed.number === log.entries.length
  }
}
