/**
 * What a check checked in vain: messages that no run ever delivered, operations that never began, properties that
 * nothing could break.
 */
import * as SchemaAST from "effect/SchemaAST"
import type { Observation } from "../spec/kernel/process.ts"
import type { AnyProtocol } from "../spec/kernel/protocol.ts"
import type { Operation } from "../spec/register/operation.ts"
import type { LoadedScenario } from "./scenario/load.ts"

/** What happened in the runs that were searched. */
export interface Coverage {
  readonly exhausted: boolean
  /** Whether some run completed every script. */
  readonly completed: boolean
  /** The `Sometimes` properties that were reached. */
  readonly reached: ReadonlySet<string>
  /** The properties of liveness whose premise held in some state in which an operation was pending. */
  readonly spoken: ReadonlySet<string>
}

/** Sentences, one per thing that was in vain. A search that was not exhausted cannot tell that something never happens. */
export const vacuities = (
  { model }: LoadedScenario,
  observations: ReadonlyArray<Observation<Operation>>,
  actions: Readonly<Record<string, number>>,
  { exhausted, completed, reached, spoken }: Coverage
): ReadonlyArray<string> => {
  if (!exhausted) return []
  const kinds = Object.keys(actions)
  const { protocol, setup } = model
  const unused = [
    ...(protocol.variants.find(({ name }) => name === setup.variant)?.unused ?? []),
    ...(setup.directory === undefined ? (protocol.onlyWithDirectory ?? []) : [])
  ]
  const unheard = messageTags(protocol).filter(
    (tag) => !unused.includes(tag) && !kinds.some((kind) => kind.endsWith(` receives ${tag}`))
  )
  const unreached = model.properties.filter(({ _tag, name }) => _tag === "Sometimes" && !reached.has(name))
  const untested = model.properties.filter(
    (property) =>
      property._tag === "Observed" && !observations.some((one) => property.canFailAt?.(one) ?? true)
  )
  const silent = model.properties.filter(({ _tag, name }) => _tag === "Live" && !spoken.has(name))
  const crashing = (["server", "client"] as const).filter(
    (role) => model.crashes[role] > 0 && !kinds.includes(`${role} crashes`)
  )
  return [
    ...unheard.map((tag) => `no ${tag} was ever received`),
    ...(completed ? [] : ["no run completes every client's script"]),
    ...unreached.map(({ name }) => `${name} was never reached`),
    ...untested.map(({ name }) => `${name} could not fail: nothing was observed that it speaks of`),
    ...silent.map(
      ({ name }) => `${name} demands nothing: no operation is ever pending while its premise holds`
    ),
    ...crashing.map(
      (role) => `no ${role} ever crashes: whichever did would break ${model.crashPremise?.name}`
    )
  ]
}

/** The tags of all messages of a protocol, from the Schema. */
const messageTags = (protocol: AnyProtocol): ReadonlyArray<string> => tagsOf(protocol.Message.ast)

const tagsOf = (ast: SchemaAST.AST): ReadonlyArray<string> => {
  if (SchemaAST.isUnion(ast)) return ast.types.flatMap(tagsOf)
  if (!SchemaAST.isObjects(ast)) return []
  const tag = ast.propertySignatures.find(({ name }) => name === "_tag")?.type
  return tag !== undefined && SchemaAST.isLiteral(tag) ? [String(tag.literal)] : []
}
