/**
 * The slot of the log, as the users of the log see it. `spec/membership` is specified over a log
 * that is given: one node that never fails orders what was submitted, and tells each replica in
 * that order. PBFT does the same, slot by slot: that is what this refinement says.
 */
import { symbolic } from "../kernel/cryptography.ts"
import { equals, including, setOf } from "../kernel/data.ts"
import type { Refines } from "../kernel/property.ts"
import type { GlobalState } from "../kernel/system.ts"
import type { Context } from "./collected.ts"
import type { Message, Request } from "./messages.ts"
import type { ReplicaState } from "./replica.ts"

/**
 * A slot that is given: what stands in it, and which correct replicas have been told. (A slot with
 * two contents is none; the concrete state decides how many there are.)
 */
interface Slot {
  readonly contents: ReadonlyArray<Request>
  readonly told: ReadonlyArray<string>
}

/** A slot in which nothing stands, and of which nobody has been told. */
const isEmpty = ({ contents, told }: Slot): boolean => contents.length === 0 && told.length === 0

/**
 * One step of a slot: one replica is told what stands in it. Before the first is told, the log puts
 * in what some client has submitted; after that it stays.
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
 * What replicas decide is the content of a slot, which the log tells one replica after the other.
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
