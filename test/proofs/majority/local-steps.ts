/**
 * Every step that a storage node or a client of majority replication can take from any state of a
 * small domain with any message, reachable or not. A process sees nothing but its own state and one
 * message, so this is the step relation itself, up to the domain.
 */
import type { Taken } from "../../../proofs/tie/run.ts"
import type { Configuration } from "../../../spec/configuration/configuration.ts"
import { isQuorum } from "../../../spec/configuration/configuration.ts"
import { subsets } from "../../../spec/configuration/quorums.ts"
import { type ClientState, client as clientProcess } from "../../../spec/majority/client.ts"
import type { Message } from "../../../spec/majority/messages.ts"
import { type ServerState, server as serverProcess } from "../../../spec/majority/server.ts"
import { variants } from "../../../spec/majority/variants.ts"
import { client } from "../../../spec/nodes/nodes.ts"
import type { Access } from "../../../spec/register/operation.ts"
import { initialPair, type Pair } from "../../../spec/register/pair.ts"

const [self, other] = [client("c1"), client("c2")]

const pairs: ReadonlyArray<Pair> = [
  initialPair,
  { value: 1, timestamp: { number: 1, client: self } },
  { value: 2, timestamp: { number: 1, client: other } },
  { value: 3, timestamp: { number: 2, client: other } }
]
const operations: ReadonlyArray<Access> = [{ _tag: "Read" }, { _tag: "Write", value: 9 }]
const begun = 2

const clientStates = (configuration: Configuration): ReadonlyArray<ClientState> => {
  const { members } = configuration
  const waiting = (access: "read" | "write") =>
    [...members.keys(), members.length]
      .flatMap((size) => subsets(members, size))
      .filter((answered) => !isQuorum(configuration, access, answered))
  const phases = (access: "read" | "write") =>
    waiting(access).flatMap((answered) =>
      pairs.map((answer) => ({ configurations: [configuration], answered, answer }))
    )
  return [
    { _tag: "Idle", begun },
    ...operations.flatMap((operation) => [
      ...phases("read").map((phase): ClientState => ({ _tag: "Getting", begun, operation, phase })),
      ...phases("write")
        // What a write stores is its own value under a timestamp of its own.
        .filter(({ answer }) => operation._tag === "Read" || answer.timestamp.client === self)
        .map(
          (phase): ClientState => ({
            _tag: "Setting",
            begun,
            operation,
            phase:
              operation._tag === "Read"
                ? phase
                : { ...phase, answer: { ...phase.answer, value: 9 } }
          })
        )
    ])
  ]
}

const messages: ReadonlyArray<Message> = [begun - 1, begun].flatMap(
  (operation): ReadonlyArray<Message> => [
    { _tag: "Get", operation },
    { _tag: "SetReply", operation },
    ...pairs.flatMap(
      (pair): ReadonlyArray<Message> => [
        { _tag: "GetReply", operation, pair },
        { _tag: "Set", operation, pair }
      ]
    )
  ]
)

export const localSteps = (
  configuration: Configuration,
  variant: string
): ReadonlyArray<{ readonly name: string; readonly taken: Taken }> => {
  const found = variants.find(({ name }) => name === variant)
  if (found === undefined) throw new Error(`no variant ${variant}`)
  const context = {
    configuration,
    rules: found.rules,
    servers: configuration.members,
    clients: [self, other]
  }
  const ofServer = pairs.flatMap((pair) => {
    const before: ServerState = { pair }
    return messages.flatMap((message) => {
      if (message._tag !== "Get" && message._tag !== "Set") return []
      const input = { _tag: "Receive", from: other, message } as const
      const [node] = configuration.members
      if (node === undefined) return []
      const step = serverProcess.step(context, node, before, input)
      return [
        {
          name: `${node} with ${JSON.stringify(message)}`,
          taken: { node, role: "server", before, input, step }
        }
      ]
    })
  })
  const ofClient = clientStates(configuration).flatMap((before) => {
    const inputs = [
      ...(before._tag === "Idle"
        ? operations.map((operation) => ({ _tag: "Invoke", operation }) as const)
        : []),
      ...configuration.members.flatMap((from) =>
        messages
          .filter(({ _tag }) => _tag === "GetReply" || _tag === "SetReply")
          .map((message) => ({ _tag: "Receive", from, message }) as const)
      )
    ]
    return inputs.map((input) => {
      const step = clientProcess.step(context, self, before, input)
      const taken: Taken = { node: self, role: "client", before, input, step }
      return { name: JSON.stringify([before, input]), taken }
    })
  })
  return [...ofServer, ...ofClient]
}
