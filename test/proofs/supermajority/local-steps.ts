/**
 * Every step that a correct storage node or client of super-majority replication can take from any
 * state of a small domain with any message, reachable or not, including messages that liars forge.
 */
import type { Taken } from "../../../proofs/tie/run.ts"
import { type Configuration, isQuorum } from "../../../spec/configuration/configuration.ts"
import { subsets } from "../../../spec/configuration/quorums.ts"
import { forged, symbolic } from "../../../spec/kernel/cryptography.ts"
import { client } from "../../../spec/nodes/nodes.ts"
import type { Access } from "../../../spec/register/operation.ts"
import { type ClientState, client as clientProcess } from "../../../spec/supermajority/client.ts"
import type { Message } from "../../../spec/supermajority/messages.ts"
import { type ServerState, server as serverProcess } from "../../../spec/supermajority/server.ts"
import type { Written } from "../../../spec/supermajority/signed-pair.ts"
import { variants } from "../../../spec/supermajority/variants.ts"

const [self, other] = [client("c1"), client("c2")]
const key = symbolic.ownKey(self)

const signedBy = (signer: typeof self, value: number, number: number) => ({
  signer,
  content: { value, timestamp: { number, client: signer } }
})
/** What clients have signed, and nothing. */
export const genuine: ReadonlyArray<Written> = [
  null,
  signedBy(self, 1, 1),
  signedBy(other, 2, 1),
  signedBy(other, 3, 2)
]
/**
 * A pair that no client has signed, a pair signed by another client, and a pair with a new stamp.
 */
const madeUp: ReadonlyArray<Written> = [
  { ...signedBy(self, 7, 9), signature: forged },
  { ...signedBy(other, 7, 3), signer: self },
  {
    timestamp: { number: 8, client: other },
    signed: { signer: other, content: 2 }
  }
]
const operations: ReadonlyArray<Access> = [{ _tag: "Read" }, { _tag: "Write", value: 9 }]
const begun = 2

const clientStates = (configuration: Configuration): ReadonlyArray<ClientState> => {
  const { members } = configuration
  const phases = (access: "read" | "write", answers: ReadonlyArray<Written>) =>
    [...members.keys(), members.length]
      .flatMap((size) => subsets(members, size))
      .filter((answered) => !isQuorum(configuration, access, answered))
      .flatMap((answered) =>
        answers.map((answer) => ({ configurations: [configuration], answered, answer }))
      )
  const chosen = ({ _tag }: Access) => (_tag === "Read" ? genuine : [signedBy(self, 9, 3)])
  return [
    { _tag: "Idle", begun, key },
    ...operations.flatMap(
      (operation): ReadonlyArray<ClientState> => [
        ...phases("read", genuine).map(
          (phase) => ({ _tag: "Getting", begun, key, operation, phase }) as const
        ),
        ...phases("write", chosen(operation)).map(
          (phase) => ({ _tag: "Setting", begun, key, operation, phase }) as const
        )
      ]
    )
  ]
}

const messages: ReadonlyArray<Message> = [begun - 1, begun].flatMap(
  (operation): ReadonlyArray<Message> => [
    { _tag: "Get", operation },
    { _tag: "SetReply", operation },
    ...[...genuine, ...madeUp].flatMap(
      (written): ReadonlyArray<Message> => [
        { _tag: "GetReply", operation, written },
        { _tag: "Set", operation, written }
      ]
    )
  ]
)

export const localSteps = (configuration: Configuration, variant: string): ReadonlyArray<Taken> => {
  const found = variants.find(({ name }) => name === variant)
  if (found === undefined) throw new Error(`no variant ${variant}`)
  const context = {
    configuration,
    rules: found.rules,
    cryptography: symbolic,
    servers: configuration.members,
    clients: [self, other]
  }
  const [node] = configuration.members
  if (node === undefined) return []
  const isQuestion = ({ _tag }: Message) => _tag === "Get" || _tag === "Set"
  const ofServer = genuine.flatMap((written) =>
    messages.filter(isQuestion).map((message): Taken => {
      const before: ServerState = { written }
      const input = { _tag: "Receive", from: other, message } as const
      const step = serverProcess.step(context, node, before, input)
      return { node, role: "server", before, input, step }
    })
  )
  const ofClient = clientStates(configuration).flatMap((before) => {
    const inputs = [
      ...(before._tag === "Idle"
        ? operations.map((operation) => ({ _tag: "Invoke", operation }) as const)
        : []),
      ...configuration.members.flatMap((from) =>
        messages
          .filter((message) => !isQuestion(message))
          .map((message) => ({ _tag: "Receive", from, message }) as const)
      )
    ]
    return inputs.map((input): Taken => {
      const step = clientProcess.step(context, self, before, input)
      return { node: self, role: "client", before, input, step }
    })
  })
  return [...ofServer, ...ofClient]
}
