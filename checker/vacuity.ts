/**
 * Vacuity: messages that no run delivered, operations that no run invoked, properties that nothing
 * could violate.
 */
import * as SchemaAST from "effect/SchemaAST"
import type { AnyObservation } from "../spec/kernel/observation.ts"
import {
  actionKind,
  faultsOf,
  type Model,
  type ModelledProtocol,
  nodesOf
} from "./network/model.ts"
import type { TraceStep } from "./report/trace.ts"
import type { LoadedScenario } from "./scenario/load.ts"

/** What happened in the explored runs. */
export interface Coverage {
  readonly exhausted: boolean
  /** Whether some run completed every script. */
  readonly completed: boolean
  /** The `Sometimes` properties that were reached. */
  readonly reached: ReadonlySet<string>
  /** The liveness properties whose premise held in some state with a pending operation. */
  readonly spoken: ReadonlySet<string>
  /** The steps that precede the search: what happens in them happens in every run. */
  readonly given: ReadonlyArray<TraceStep>
}

/**
 * One sentence per vacuous item. A search that was not exhausted cannot tell that something never
 * happens.
 */
export const vacuities = (
  { model }: LoadedScenario,
  observations: ReadonlyArray<AnyObservation>,
  actions: Readonly<Record<string, number>>,
  { exhausted, completed, reached, spoken, given }: Coverage
): ReadonlyArray<string> => {
  if (!exhausted) return []
  const kinds = [
    ...Object.keys(actions),
    ...given.map(({ role, action }) => actionKind(faultsOf(model), role, action))
  ]
  const seen = [...observations, ...given.flatMap((step) => step.observations)]
  const { protocol, unused = [] } = model
  const undelivered = messageTags(protocol).filter(
    (tag) => !unused.includes(tag) && !kinds.some((kind) => kind.endsWith(` receives ${tag}`))
  )
  const unreached = model.properties.filter(
    ({ _tag, name }) => _tag === "Sometimes" && !reached.has(name)
  )
  const untested = model.properties.filter(
    (property) =>
      property._tag === "Observed" && !seen.some((one) => property.canFailAt?.(one) ?? true)
  )
  const silent = model.properties.filter(({ _tag, name }) => _tag === "Live" && !spoken.has(name))
  const harmless = expectedFaults(model).filter((kind) => !kinds.includes(kind))
  return [
    ...undelivered.map((tag) => `no ${tag} was ever received`),
    ...(completed ? [] : ["no run completes every client's script"]),
    ...unreached.map(({ name }) => `${name} was never reached`),
    ...untested.map(
      ({ name }) => `${name} could not fail: nothing that it constrains was observed`
    ),
    ...silent.map(
      ({ name }) => `${name} requires nothing: no operation is ever pending while its premise holds`
    ),
    ...harmless.map(
      (kind) =>
        `no ${kind.replace(" ", " ever ")}: any that did would break ${model.faults.premise?.name}`
    )
  ]
}

/**
 * The kinds of faults that should happen in some run: each fault of each role with a node that may
 * suffer it.
 */
const expectedFaults = (model: Model): ReadonlyArray<string> => {
  const faults = faultsOf(model)
  const { budgets, atStart = [] } = model.faults
  const kinds = budgets.flatMap(({ fault, nodes, most }) =>
    nodesOf(model).flatMap(({ id, role }) =>
      nodes.includes(id) &&
      most > atStart.filter((one) => one.fault === fault && nodes.includes(one.node)).length
        ? [actionKind(faults, role, { _tag: "Fault", fault: fault.name })]
        : []
    )
  )
  return [...new Set(kinds)]
}

/** The tags of all messages of a protocol, from its Schema. */
const messageTags = (protocol: ModelledProtocol): ReadonlyArray<string> =>
  tagsOf(protocol.Message.ast)

const tagsOf = (ast: SchemaAST.AST): ReadonlyArray<string> => {
  if (SchemaAST.isUnion(ast)) return ast.types.flatMap(tagsOf)
  if (!SchemaAST.isObjects(ast)) return []
  const typeOf = (field: string) => ast.propertySignatures.find(({ name }) => name === field)?.type
  const [tag, wrapped] = [typeOf("_tag"), typeOf("message")]
  if (tag !== undefined && SchemaAST.isLiteral(tag)) return [String(tag.literal)]
  return wrapped === undefined ? [] : tagsOf(wrapped)
}
