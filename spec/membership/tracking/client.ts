/**
 * A client of the membership service: an application that receives the views of the system in
 * order. It accepts an epoch when it has parts of its certificate that combine, or when another
 * client forwards the certificate.
 */
import * as Schema from "effect/Schema"
import { match } from "ts-pattern"
import { firstView, View } from "../../administrator/view.ts"
import type { Cryptography } from "../../kernel/cryptography.ts"
import { equals } from "../../kernel/data.ts"
import { Count } from "../../kernel/node.ts"
import type { Observation } from "../../kernel/observation.ts"
import { become, ignore, type Process, type Step } from "../../kernel/process.ts"
import type { JointlySigned } from "../../kernel/threshold.ts"
import type { ClientId, ServerSet } from "../../nodes/nodes.ts"
import type { Value } from "../../register/operation.ts"
import * as Following from "../following.ts"
import type { Message } from "./messages.ts"
import type { Await } from "./operation.ts"
import type { Rules } from "./rules.ts"

export const ClientState = Schema.Struct({
  ...Following.Following,
  /** The views that it has received, from the first on. */
  views: Schema.Array(View).check(Schema.isMinLength(1)),
  /** The number of views it has returned, and whether it waits for another. */
  returned: Count,
  isWaiting: Schema.Boolean
})
export type ClientState = typeof ClientState.Type

/** The parameters of a client. */
export interface Context {
  readonly rules: Rules
  readonly cryptography: Cryptography
  readonly clients: ReadonlyArray<ClientId>
  readonly configuration: { readonly members: ServerSet }
}

/** A client accepts a certified epoch, or returns the next one that it has. */
export type Choice = { readonly _tag: "Follow"; readonly view: View } | { readonly _tag: "Return" }
type ClientStep = Step<ClientState, Observation<Await, Value>, Message>

const initial = (context: Context): ClientState => ({
  view: firstView(context),
  parts: [],
  views: [firstView(context)],
  returned: 1,
  isWaiting: false
})

const enter = (state: ClientState, view: View): ClientState => ({
  ...Following.enter(state, view),
  views: [...state.views, view]
})

/** A client accepts an epoch, and forwards the certificate it has combined to the other clients. */
const follow = (context: Context, self: ClientId, state: ClientState, view: View): ClientStep => {
  const { clients, cryptography } = context
  const signed = cryptography.threshold.combine(
    state.parts.filter(({ content }) => equals(content, view))
  )
  const others = clients.filter((client) => client !== self)
  return {
    state: enter(state, view),
    sends:
      signed === undefined
        ? []
        : others.map((to) => ({ to, message: { _tag: "Certificate", signed } })),
    observations: []
  }
}

/** The client returns the next view. */
const respond = (state: ClientState): ClientStep => ({
  state: { ...state, returned: state.returned + 1, isWaiting: false },
  sends: [],
  observations: [
    {
      _tag: "Response",
      operation: { _tag: "Await" },
      result: state.views[state.returned]?.number ?? null
    }
  ]
})

const hasNext = ({ views, returned, isWaiting }: ClientState): boolean =>
  isWaiting && views.length > returned

/** Whether the client accepts the certificate now, later, or never. */
const timeOf = (
  { rules, cryptography }: Context,
  { view }: ClientState,
  signed: JointlySigned<View>
): "now" | "later" | "over" => {
  const { number } = signed.content
  if (!cryptography.threshold.verifies(signed) || number <= view.number) return "over"
  return rules.follows(view.number, number) ? "now" : "later"
}

const receive = (context: Context, state: ClientState, message: Message): ClientState => {
  switch (message._tag) {
    case "Certify":
      return Following.collect(context, state, message.part)
    case "Certificate":
      return timeOf(context, state, message.signed) === "now"
        ? enter(state, message.signed.content)
        : state
    default:
      return state
  }
}

export const client: Process<
  Context,
  ClientState,
  Await,
  Observation<Await, Value>,
  Message,
  Choice,
  ClientId
> = {
  State: ClientState,
  durable: false,
  initial,
  ready: (_context, _self, { isWaiting }) => !isWaiting,
  choices: (context, _self, state) => [
    ...Following.certified(context, state).map((view) => ({ _tag: "Follow", view }) as const),
    ...(hasNext(state) ? [{ _tag: "Return" } as const] : [])
  ],
  postpones: (context, _self, state, _from, message) =>
    (message._tag === "Certify" && Following.isEarly(context, state, message.part)) ||
    (message._tag === "Certificate" && timeOf(context, state, message.signed) === "later"),
  step: (context, self, state, input) =>
    match(input)
      .with(
        { _tag: "Invoke" },
        ({ operation }): ClientStep =>
          state.isWaiting
            ? ignore(state)
            : {
                state: { ...state, isWaiting: true },
                sends: [],
                observations: [{ _tag: "Invocation", operation }]
              }
      )
      .with({ _tag: "Receive" }, ({ message }) => become(receive(context, state, message)))
      .with({ _tag: "Choose" }, ({ choice }) =>
        choice._tag === "Follow" ? follow(context, self, state, choice.view) : respond(state)
      )
      .exhaustive(),
  promises: {
    heeds: () => ["Certify", "Certificate"],
    isObsolete: (context, _self, state, _from, message) => {
      switch (message._tag) {
        case "Certify":
          return Following.isObsolete(context, state, message.part)
        case "Certificate":
          return timeOf(context, state, message.signed) === "over"
        default:
          return true
      }
    },
    isWelcome: (context, _self, state, _from, message) =>
      message._tag === "Certify" && Following.fits(context, state, message.part)
  }
}
