/**
 * Two registers under one cmap, to be checked: what a reconfiguration does to one while the other is in use. Scripts read
 * and write the register `watched`, and atomicity speaks of it; `elsewhere VALUE` begins to write the register `other`,
 * whose results nobody judges, and the client goes on with its script meanwhile.
 */
import * as Schema from "effect/Schema"
import type { NodeId } from "../../kernel/node.ts"
import { type Input, ignore, type Process, type Step } from "../../kernel/process.ts"
import type { Protocol } from "../../kernel/protocol.ts"
import { type About, initially, type Several, shown, stepOf } from "../../kernel/registers.ts"
import {
  type Elsewhere,
  elsewhereKind,
  readKind,
  reconfigureKind,
  type StorageOperation,
  writeKind
} from "../../register/operation.ts"
import { atomic } from "../../register/properties.ts"
import { client as clientOfEach } from "./client.ts"
import {
  describeMessage,
  type Message as MessageOfEach,
  ofManyRegisters,
  ofOneRegister,
  wholeNode
} from "./messages.ts"
import { ServerState as ServerStateOfEach, server as serverOfEach } from "./server.ts"
import { type Choice as ChoiceOfEach, ClientState as ClientStateOfEach, type Context } from "./state.ts"
import { type VariantName, variants } from "./variants.ts"

/** The register that scripts read and write; it is listed last. */
const watched = "r"
const other = "a"
const names = [wholeNode, other, watched]

type Operation = StorageOperation | Elsewhere
type Message = About<MessageOfEach>
type Choice = ChoiceOfEach & { readonly register: string }
type SeveralStep = Step<Several, Operation, Message>

const register = { register: Schema.String }
const Message = Schema.Union(
  [...ofOneRegister, ...ofManyRegisters].map((one) => Schema.Struct({ ...one.fields, ...register }))
) as unknown as Schema.Codec<Message, unknown>

/** The Schema of several states of a process, of which these fields exist once and those once per register. */
const severalOf = (
  shared: Schema.Struct.Fields,
  each: Schema.Struct.Fields
): Schema.Codec<Several, unknown> =>
  Schema.Struct({
    shared: Schema.Struct(shared),
    registers: Schema.Struct(Object.fromEntries(names.map((name) => [name, Schema.Struct(each)])))
  }) as unknown as Schema.Codec<Several, unknown>

const { pair, map, instances } = ServerStateOfEach.fields
const { map: mapOfClient, begun, activity } = ClientStateOfEach.fields

const server: Process<Context, Several, Operation, Message, Choice> = {
  role: "server",
  State: severalOf({ map, instances }, { pair }),
  durable: true,
  perRegister: [],
  initial: (context, self) => initially(serverOfEach, context, self, names),
  ready: () => false,
  choices: () => [],
  step: (context, self, state, input) =>
    input._tag === "Receive" ? received(serverOfEach, context, self, state, input) : ignore(state),
  promises: {
    onlyAnswers: (context, self, state, from, message) =>
      serverOfEach.promises?.onlyAnswers?.(context, self, shown(state, message.register), from, message) ??
      false
  }
}

const received = (
  process: typeof serverOfEach | typeof clientOfEach,
  context: Context,
  self: NodeId,
  state: Several,
  input: Extract<Input<Operation, Message, Choice>, { readonly _tag: "Receive" }>
): SeveralStep => stepOf(process, context, self, state, input.message.register, input)

/** The register that an operation is about. */
const registerOf = ({ _tag }: Operation): string =>
  _tag === "Elsewhere" ? other : _tag === "Reconfigure" ? wholeNode : watched

/** What happens to the other register is nobody's concern. */
const unheard = (step: SeveralStep): SeveralStep => ({ ...step, observations: [] })

const step: Process<Context, Several, Operation, Message, Choice>["step"] = (context, self, state, input) => {
  switch (input._tag) {
    case "Invoke": {
      const { operation } = input
      const asWrite = operation._tag === "Elsewhere" ? { ...operation, _tag: "Write" as const } : operation
      const taken = stepOf<MessageOfEach>(clientOfEach, context, self, state, registerOf(operation), {
        _tag: "Invoke",
        operation: asWrite
      })
      return operation._tag === "Elsewhere" ? unheard(taken) : taken
    }
    case "Receive": {
      const taken = received(clientOfEach, context, self, state, input)
      return input.message.register === other ? unheard(taken) : taken
    }
    case "Choose": {
      const { register: about, ...choice } = input.choice
      const taken = stepOf<MessageOfEach>(clientOfEach, context, self, state, about, {
        _tag: "Choose",
        choice
      })
      return about === other ? unheard(taken) : taken
    }
  }
}

const isIdle = (state: Several, name: string): boolean =>
  shown<{ readonly activity: { readonly _tag: string } }>(state, name).activity._tag === "Idle"

const client: Process<Context, Several, Operation, Message, Choice> = {
  role: "client",
  State: severalOf({ map: mapOfClient }, { begun, activity }),
  durable: false,
  perRegister: [],
  initial: (context, self) => initially(clientOfEach, context, self, names),
  ready: (_context, _self, state) => isIdle(state, wholeNode) && isIdle(state, watched),
  choices: (context, self, state) =>
    names.flatMap((name) =>
      clientOfEach.choices(context, self, shown(state, name)).map((choice) => ({ ...choice, register: name }))
    ),
  step,
  promises: {
    isObsolete: (context, self, state, from, message) =>
      clientOfEach.promises?.isObsolete?.(context, self, shown(state, message.register), from, message) ??
      false,
    isSettled: (context, self, state, to, message) =>
      clientOfEach.promises?.isSettled?.(context, self, shown(state, message.register), to, message) ?? false
  }
}

export const ramboRegisters: Protocol<VariantName, Several, Several, Operation, Message, Choice> = {
  name: "rambo-registers",
  about: "Two registers that are reconfigured together, as a store of many registers is (tutorial 5).",
  variants,
  operations: [writeKind, readKind, reconfigureKind, elsewhereKind],
  Message,
  server,
  client,
  properties: [atomic],
  describe: (message) =>
    message.register === wholeNode
      ? describeMessage(message)
      : `${message.register}: ${describeMessage(message)}`
}
