/**
 * `quorate recover`: a new system of what is left of one that has ended.
 */
import * as Console from "effect/Console"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { isName } from "../directory/directory.ts"
import { nameOf } from "../memory/identity.ts"
import { describeMembers, recoverInto } from "../node/recovery.ts"
import { pluggedIn } from "../protocols.ts"
import { asCommandFailure, refuse } from "./failure.ts"
import { protocol } from "./flags.ts"

const flags = {
  from: Flag.String("from").pipe(
    Flag.withMetavar("FOLDER,…"),
    Flag.withDescription("The folders of the nodes that are left, all of them stopped")
  ),
  name: Flag.String("name").pipe(
    Flag.withDescription("The name of the node that the new system begins with")
  ),
  data: Flag.String("data").pipe(
    Flag.withMetavar("FOLDER"),
    Flag.withDescription("Its folder, a new one")
  ),
  acceptLoss: Flag.Boolean("accept-loss").pipe(
    Flag.withDescription("Whatever only the others acknowledged may be lost"),
    Flag.withDefault(false)
  ),
  protocol
}

const price =
  "what was acknowledged by nodes whose folders are not named may be lost, and values may come back that were replaced or removed"

export const recoverCommand = Command.make(
  "recover",
  flags,
  Effect.fnUntraced(function* ({ from, name, data, acceptLoss, protocol: given }) {
    if (pluggedIn(given).isTrusted === true) {
      return yield* refuse(
        `--protocol: what ${given} keeps is worth nothing without its keys, and those are erased — as long as a super-majority of the nodes can be started, start them`
      )
    }
    const folders = from.split(",").map((folder) => folder.trim())
    if (!isName(name)) return yield* refuse(`--name: "${name}" is no name for a node`)
    if (!acceptLoss) {
      return yield* refuse(
        `this begins another system with what these folders hold: ${price}; as long as a quorum of the nodes can be started, start them instead — if none can, say --accept-loss`
      )
    }
    const recovering = Effect.scoped(recoverInto(pluggedIn(given), folders, name, data))
    const { id, registers, from: read, missing, isWhole } = yield* asCommandFailure(recovering)
    const damaged = read.flatMap(({ folder, damage }) =>
      damage === undefined
        ? []
        : [`${folder} is damaged, and was read up to there: ${damage.split(";")[0]}`]
    )
    yield* Console.log(
      [
        `${registers} registers of ${read.map(({ id: node }) => nameOf(node)).join(", ")} are in ${data}, of the new node ${id}`,
        ...damaged,
        isWhole
          ? "as far as these nodes know they were a quorum: nothing that was acknowledged is lost"
          : `no quorum is here (${describeMembers(missing)} ${missing.length === 1 ? "is" : "are"} missing): ${price}`,
        `it is a system of its own, of one node: ${read.map(({ folder }) => folder).join(", ")} cannot be started again, and clients and gateways of the old system have to be`,
        `start it: quorate node --name ${name} --data ${data} --servers …, where the directory names no node of the old system; add others with --join and quorate reconfigure`
      ].join("\n")
    )
  })
).pipe(
  Command.withDescription(
    "Begin a new system with what is left of one of which no quorum will ever answer again; says what may be lost"
  )
)
