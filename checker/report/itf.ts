/**
 * A counterexample in the Informal Trace Format of Apalache and Quint (Apalache's ADR-015), for
 * these tools.
 *
 * There is a state before every step and one after the last. The variables of a state:
 *
 * - `step`: the number of steps taken so far;
 *  - `action`: the step that led here, a variant `Invoke`, `Receive`, `Choose` or that of a fault,
 *    such as `Crash`, whose record says which `node` took it; in the first state, the variant
 *    `Initial`;
 *  - `observations`: what an outside observer saw in that step;
 *  - `nodes`: a map from each node's name to its role, whether it has crashed, and its state;
 * - `inFlight`: the messages in flight, with their senders and receivers;
 *  - `observers`: the state of each observer, by the name of its property.
 *
 * An infinite run is a lasso: the field `loop` gives the index of the state that follows the last
 * one. (Except for `step`, which keeps counting.)
 *
 * The format has no null, and writes tagged unions as Quint does. So null (and the state of a
 * crashed node) is the variant `None`, `{"tag": "None", "value": {"#tup": []}}`. A record with a
 * `_tag` is the variant of that name, whose value is the record of the other fields, or the empty
 * tuple if there are none. A set is written as the list that represents it in our data: sorted,
 * each element once.
 */
import { actionData, type Counterexample, type Snapshot, type TraceStep } from "./trace.ts"

export type Expression =
  | boolean
  | string
  | ReadonlyArray<Expression>
  | { readonly "#bigint": string }
  | { readonly "#tup": ReadonlyArray<Expression> }
  | { readonly "#map": ReadonlyArray<readonly [Expression, Expression]> }
  | { readonly "#unserializable": string }
  | { readonly [field: string]: Expression }

const variables = ["step", "action", "observations", "nodes", "inFlight", "observers"] as const

/** The counterexample as the text of an `.itf.json` file. */
export const itf = (counterexample: Counterexample): string => {
  const { scenario, property, reason, initial, steps, given, loop } = counterexample
  const course =
    given === undefined ? "" : ` (the number of first steps that the scenario gives: ${given})`
  const meta = {
    format: "ITF",
    "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
    source: scenario,
    description: `Quorate: a run of ${scenario} that breaks ${property}: ${reason}${course}`
  }
  const states = [
    state(0, variant("Initial", {}), [], initial),
    ...steps.map((step, index) => state(index + 1, actionOf(step), step.observations, step.after))
  ]
  const lasso = loop === undefined ? {} : { loop: loopStart(steps.length, loop) }
  return JSON.stringify({ "#meta": meta, vars: variables, states, ...lasso }, null, 2)
}

/**
 * The index of the state that follows the last one: the state after the first repeated step, since
 * a state also names the step that led to it. If nothing happens any more, the last state follows
 * itself.
 */
const loopStart = (steps: number, loop: number): number => Math.min(loop + 1, steps)

type State = Readonly<Record<(typeof variables)[number], Expression>>

const state = (
  step: number,
  action: Expression,
  observations: ReadonlyArray<unknown>,
  { nodes, inFlight, observers }: Snapshot
): State & { readonly "#meta": { readonly index: number } } => ({
  "#meta": { index: step },
  step: expression(step),
  action,
  observations: expression(observations),
  nodes: {
    "#map": nodes.map(({ id, role, state }) => [
      id,
      { role, crashed: state === undefined, state: expression(state) }
    ])
  },
  inFlight: expression(inFlight),
  observers: { "#map": Object.entries(observers).map(([name, state]) => [name, expression(state)]) }
})

const actionOf = ({ node, action }: TraceStep): Expression => {
  const { _tag, ...fields } = actionData(action)
  return variant(_tag, { node, ...fields })
}

const unit: Expression = { "#tup": [] }
const none: Expression = { tag: "None", value: unit }

/** Plain data as an expression of the format. */
export const expression = (data: unknown): Expression => {
  if (data === null || data === undefined) return none
  if (Array.isArray(data)) return data.map(expression)
  switch (typeof data) {
    case "boolean":
    case "string":
      return data
    case "bigint":
      return { "#bigint": String(data) }
    case "number":
      return Number.isSafeInteger(data)
        ? { "#bigint": String(data) }
        : { "#unserializable": String(data) }
    case "object":
      return record(data as Readonly<Record<string, unknown>>)
    default:
      return { "#unserializable": String(data) }
  }
}

const record = (data: Readonly<Record<string, unknown>>): Expression => {
  const { _tag, ...fields } = data
  return typeof _tag === "string" ? variant(_tag, fields) : fieldsOf(data)
}

const variant = (tag: string, fields: Readonly<Record<string, unknown>>): Expression => {
  const value = fieldsOf(fields)
  return { tag, value: Object.keys(value).length === 0 ? unit : value }
}

/**
 * The fields that are present. A reader would take a field that begins with # for one of the
 * format's own.
 */
const fieldsOf = (
  data: Readonly<Record<string, unknown>>
): { readonly [field: string]: Expression } =>
  Object.fromEntries(
    Object.entries(data).flatMap(([field, value]) =>
      value === undefined ? [] : [[field.replace(/^#/, "_#"), expression(value)]]
    )
  )
