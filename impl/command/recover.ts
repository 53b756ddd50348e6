/**
 * `quorate recover`: begins a new system with the remaining data of one that has ended.
 */
import * as Console from "effect/Console"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { isName } from "../directory/directory.ts"
import { nameOf } from "../memory/identity.ts"
import { describeMembers, price, recoverInto } from "../node/recovery.ts"
import { runnableNamed } from "../protocols.ts"
import { asCommandFailure, refuse } from "./failure.ts"
import { protocol } from "./flags.ts"

const flags = {
  from: Flag.String("from").pipe(
    Flag.withMetavar("FOLDER,…"),
    Flag.withDescription("The folders of the remaining nodes, all of them stopped")
  ),
  name: Flag.String("name").pipe(
    Flag.withMetavar("NAME,…"),
    Flag.withDescription("The names of the nodes that the new system begins with")
  ),
  data: Flag.String("data").pipe(
    Flag.withMetavar("FOLDER,…"),
    Flag.withDescription("Their new folders, in the same order")
  ),
  acceptLoss: Flag.Boolean("accept-loss").pipe(
    Flag.withDescription(
      "Accept the loss of data that only the other nodes acknowledged (not needed if these are a quorum)"
    ),
    Flag.withDefault(false)
  ),
  protocol
}

const listOf = (text: string): ReadonlyArray<string> => text.split(",").map((one) => one.trim())

export const recoverCommand = Command.make(
  "recover",
  flags,
  Effect.fnUntraced(function* ({ from, name, data, acceptLoss, protocol: given }) {
    if (runnableNamed(given).isTrusted === true) {
      return yield* refuse(
        `--protocol: the data of ${given} is useless without its keys, and those are erased — if a super-majority of the nodes can still be started, start them`
      )
    }
    const folders = listOf(from)
    const [names, homes] = [listOf(name), listOf(data)]
    const bad = names.find((one) => !isName(one))
    if (bad !== undefined) return yield* refuse(`--name: "${bad}" is not a valid name for a node`)
    if (new Set(names).size < names.length)
      return yield* refuse("--name: a name is repeated — write each once")
    if (homes.length !== names.length || new Set(homes).size < homes.length) {
      return yield* refuse(
        `--data: write a folder of its own for each of ${names.join(", ")}, with commas between`
      )
    }
    const into = new Map(names.map((one, index) => [one, homes[index] as string]))
    const recovering = Effect.scoped(recoverInto(runnableNamed(given), folders, into, acceptLoss))
    const recovered = yield* asCommandFailure(recovering)
    const { ids, registers, reclaimed, from: read, missing, isWhole } = recovered
    const damaged = read.flatMap(({ folder, damage }) =>
      damage === undefined
        ? []
        : [`${folder} is damaged, and was read up to the damage: ${damage.split(";")[0]}`]
    )
    yield* Console.log(
      [
        `${registers} registers of ${read.map(({ id: node }) => nameOf(node)).join(", ")} are in ${homes.join(", ")}, of the new ${ids.length === 1 ? "node" : "nodes"} ${ids.join(", ")}`,
        ...(reclaimed === 0 ? [] : [`${reclaimed} more had been removed, and take no space there`]),
        ...damaged,
        isWhole
          ? "as far as these nodes know they were a quorum: nothing that was acknowledged is lost"
          : `no quorum is here (${describeMembers(missing)} ${missing.length === 1 ? "is" : "are"} missing): ${price}`,
        `it is a separate system, of ${names.join(", ")}: ${read.map(({ folder }) => folder).join(", ")} cannot be started again, and clients and gateways of the old system must be restarted`,
        `start it: ${names.map((one) => `quorate node --name ${one} --data ${into.get(one)} --servers …`).join("; ")} — where the directory names no node of the old system${runnableNamed(given).joins === undefined ? "" : "; add others with --join and quorate reconfigure"}`
      ].join("\n")
    )
  })
).pipe(
  Command.withDescription(
    "Begin a new system with the remaining data of one whose quorums will never answer again; reports what may be lost"
  )
)
