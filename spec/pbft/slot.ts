/**
 * The slot of the log, as the users of the log see it. `spec/membership` is specified over a given
 * log: one node that never fails orders the submissions, and sends them to each replica in that
 * order. This refinement says that PBFT does the same, slot by slot.
 */
import { symbolic } from "../kernel/cryptography.ts"
import { equals, including, setOf } from "../kernel/data.ts"
import type { Refines } from "../kernel/property.ts"
import type { GlobalState } from "../kernel/system.ts"
import type { Context } from "./collected.ts"
import type { Message, Request } from "./messages.ts"
import type { ReplicaState } from "./replica.ts"

/**
 * A slot of the given log: its content, and the correct replicas that have received it. (A slot
 * with two contents is not a slot of the log; the concrete state determines the number of
 * contents.)
 */
interface Slot {
  readonly contents: ReadonlyArray<Request>
  readonly told: ReadonlyArray<string>
}

/** An empty slot, of which no replica has been informed. */
const isEmpty = ({ contents, told }: Slot): boolean => contents.length === 0 && told.length === 0

/**
 * One step of a slot: one replica receives its content. Before the first replica does, the log
 * fills the slot with some client's submission; the content then stays.
 */
const isStep = ({ clients }: Pick<Context, "clients">, before: Slot, after: Slot): boolean => {
  const [content, ...others] = after.contents
  if (content === undefined || others.length > 0) return false
  const isSubmitted = clients.includes(content.signer) && symbolic.verifies(content)
  const isKept = before.contents.every((one) => equals(one, content))
  const newlyTold = after.told.filter((one) => !before.told.includes(one))
  return (
    isSubmitted && isKept && newlyTold.length === 1 && after.told.length === before.told.length + 1
  )
}

/**
 * Replicas decide the content of a slot, which the log sends to one replica after the other.
 */
export const refinesLog: Refines<
  Pick<Context, "clients">,
  GlobalState<{ readonly server: ReplicaState }, Message>,
  Slot
> = {
  _tag: "Refines",
  name: "refines-log",
  about:
    "what correct replicas decide is a slot of a given log: one submitted request, told to one replica after the other, or nothing changes",
  allowsEarlierReceipts: true,
  mapping: (_context, { nodes }) =>
    Object.entries(nodes.server).reduce<Slot>(
      (slot, [node, { decided }]) =>
        decided === null
          ? slot
          : {
              contents: including(slot.contents, decided.request),
              told: setOf([...slot.told, node])
            },
      { contents: [], told: [] }
    ),
  begins: (_context, slot) => isEmpty(slot),
  allows: isStep
}
