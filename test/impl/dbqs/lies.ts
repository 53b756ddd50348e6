/**
 * Processes of dBQS that lie: the real process runs, and its messages are replaced.
 */
import type { ReplicaState } from "../../../impl/membership/state.ts"
import type { Context as ServiceContext } from "../../../impl/membership/trust.ts"
import type { AnyPart, PartSend, PartStep } from "../../../spec/kernel/keyed.ts"
import type { Vote } from "../../../spec/pbft/messages.ts"

type Step = PartStep<unknown, never, unknown>
interface Said {
  readonly _tag: string
  readonly [field: string]: unknown
}
type Lie = (
  context: unknown,
  self: string,
  before: unknown,
  step: Step
) => ReadonlyArray<PartSend<unknown>>

const lying = (part: AnyPart, lie: Lie): AnyPart => ({
  ...part,
  step: (context, self, state, input, objectsAfter, key) => {
    const step = part.step(context, self, state, input, objectsAfter, key)
    return { ...step, sends: lie(context, self, state, step as Step) }
  }
})

/**
 * A storage node that has nothing: it answers every question, and everybody who takes over from it,
 * as if nobody had ever written.
 */
const empty: Lie = (_context, _self, _before, { sends }) =>
  sends.flatMap((send) => {
    const said = send.message as Said
    switch (said._tag) {
      case "Answer":
        return [{ ...send, message: { ...said, stored: null } }]
      case "Handover":
        return []
      case "Told":
        return [{ ...send, message: { ...said, objects: 0 } }]
      default:
        return [send]
    }
  })

/**
 * A replica of the service that says of a live node that it is dead, in every round, and as the
 * primary proposes one thing to one half of the others and another to the other.
 */
const slander =
  (victim: string): Lie =>
  (context, self, before, { state, sends }) => {
    const { cryptography } = (context as ServiceContext).trust
    const { probing, log, key } = state as ReplicaState
    const was = before as ReplicaState
    const isNewRound =
      probing.round !== was.probing.round || probing.view.number !== was.probing.view.number
    const node = probing.view.members.find((member) => member.startsWith(`${victim}~`))
    const round = { epoch: probing.view.number, round: probing.round }
    const said: ReadonlyArray<PartSend<unknown>> =
      isNewRound && node !== undefined
        ? log.service.members.flatMap((to) => {
            const agreement = cryptography.about("tracking").sign(key, { node, ...round })
            return [
              { to, message: { _tag: "Propose", node, ...round }, key: "" },
              {
                to,
                message: { _tag: "Submit", operation: { _tag: "Agree", agreement } },
                key: ""
              }
            ]
          })
        : []
    return [
      ...sends.map((send) =>
        equivocal(context as ServiceContext, self, state as ReplicaState, send)
      ),
      ...said
    ]
  }

/** Every other replica hears of a vote for an empty slot in the place of this one. */
const equivocal = (
  { trust }: ServiceContext,
  self: string,
  { log, key }: ReplicaState,
  send: PartSend<unknown>
): PartSend<unknown> => {
  const said = send.message as Said & { readonly slot: number; readonly message: Said }
  const isOther = log.service.members.indexOf(send.to as never) % 2 === 0
  if (said._tag !== "Slot" || said.message._tag !== "Vote" || !isOther) return send
  const { content } = said.message.vote as Vote
  const about = trust.cryptography.about(`slot ${log.service.number}/${said.slot}`)
  const request = about.sign({ ...key, owner: self as never }, "nothing")
  const vote = about.sign(key, { ...content, request })
  return { ...send, message: { ...said, message: { _tag: "Vote", vote } } }
}

export const lies: Readonly<Record<string, (part: AnyPart) => AnyPart>> = {
  empty: (part) => lying(part, empty),
  "slander-s2": (part) => lying(part, slander("s2"))
}
