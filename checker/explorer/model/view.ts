/**
 * Turns a run of a relation into everything that the page shows of it: one lane, the state by its
 * fields with the changes marked, and the possible next steps.
 */
import { equals } from "../../../spec/kernel/data.ts"
import { deadlockFreedom } from "../../engine/findings.ts"
import type { Relation } from "../../relation/relation.ts"
import type { Term } from "../../report/terms.ts"
import { written } from "../../run/run-changes.ts"
import type {
  ActionSource,
  EnabledView,
  Opened,
  Place,
  PropertyAsked,
  PropertyView,
  StepView,
  View
} from "../messages.ts"
import { begins, type Choice, type ModelExploration, type Position } from "./exploration.ts"

/** The one lane that a relation has. */
const lane = "state"

export const openedOf = (name: string, exploration: ModelExploration): Opened => {
  const { relation, space } = exploration
  const { description } = relation as { readonly description?: unknown }
  const properties = propertiesOf(relation, exploration)
  const text = typeof description === "string" ? description : undefined
  return {
    ...{ tell: "opened", name, description: text, properties },
    isRelation: true,
    course: [],
    protocol: {
      name: "a model",
      about: text ?? `a transition system of ${space.actions.length} actions`
    },
    nodes: [{ id: lane, role: "", isAsked: false }],
    looksForViolation: properties.some(
      ({ expected, kind }) => expected !== "holds" && kind !== "reachability"
    ),
    bounds: [
      ...(relation.constraint === undefined ? [] : ["a constraint of states"]),
      ...(relation.stepConstraint === undefined ? [] : ["a constraint of steps"])
    ]
  }
}

const propertiesOf = (
  relation: Relation<object>,
  { space }: ModelExploration
): ReadonlyArray<PropertyAsked> => {
  const expected = (name: string) => relation.expect?.[name]
  return [
    ...space.decided.map(
      ({ name, form }): PropertyAsked => ({
        ...{ name, about: abouts[form], expected: expected(name) },
        kind: form === "sometimes" ? "reachability" : "safety"
      })
    ),
    ...(relation.deadlock === true
      ? [
          {
            ...{ name: deadlockFreedom, about: "something can happen until all is done" },
            ...{ kind: "deadlock" as const, expected: expected(deadlockFreedom) }
          }
        ]
      : []),
    ...space.live.map(
      ({ name, form }): PropertyAsked => ({
        ...{ name, about: form, kind: "liveness", expected: expected(name) }
      })
    )
  ]
}

const abouts = {
  invariant: "it is true of every state",
  step: "it is true of every step",
  refinement: "every step is a step of the other model, or leaves its state unchanged",
  sometimes: "it is true of some state"
} as const

export const viewOf = (exploration: ModelExploration, wanted: Place): View => {
  const taken = exploration.goTo(wanted.run)
  const at = Math.max(0, Math.min(wanted.at, taken))
  const { steps, positions, relation } = exploration
  const position = positions[at] as Position
  const enabled = exploration.choices(at)
  const last = at === 0 ? undefined : steps[at - 1]
  return {
    tell: "view",
    place: { run: wanted.run.slice(0, taken), at },
    refused: wanted.run.length - taken,
    steps: steps.map((step, index) => stepView(step, index + 1)),
    ...{ arrows: [], intervals: [], orders: [], maps: [], dag: undefined, known: undefined },
    nodes: [
      {
        ...{ id: lane, role: "", isAsked: false, fault: undefined, isTakenOver: false },
        state:
          position.plain === undefined
            ? { text: "none has been chosen yet", isChanged: false }
            : termOf(position.plain, positions[at - 1]?.plain),
        isActing: at > 0
      }
    ],
    enabled: enabled.map(enabledView),
    ending: enabled.length > 0 ? undefined : endingOf(exploration, position),
    properties: propertyViews(relation, exploration, at),
    calls: [],
    ...(last === undefined ? {} : { source: sourceOf(relation, last.action) })
  }
}

const stepView = (
  { code, action, changes, isBeyond, breaks }: Choice,
  number: number
): StepView => ({
  ...{ number, code, node: lane, kind: "choose", isGiven: false, breaks, orders: undefined },
  sentence: `${action}: ${changes}${isBeyond ? " (beyond the constraints)" : ""}`,
  notes: [{ kind: "note", text: `${action}  ${changes}` }]
})

const enabledView = ({ code, action, changes, isBeyond, breaks }: Choice): EnabledView => ({
  ...{ code, node: lane, kind: "choose", from: undefined, isSpoken: false, breaks },
  text: action === begins ? changes : action,
  sentence: `${action}: ${changes}${isBeyond ? " (beyond the constraints)" : ""}`,
  hasEffect: true
})

const endingOf = ({ space }: ModelExploration, { state }: Position): string =>
  state !== undefined && space.isDone(state)
    ? "Nothing can happen any more, and the state is done."
    : "Nothing can happen any more."

const propertyViews = (
  relation: Relation<object>,
  exploration: ModelExploration,
  at: number
): ReadonlyArray<PropertyView> => {
  const { broken, reached } = exploration.positions[at] as Position
  return propertiesOf(relation, exploration).map(({ name, about, kind }): PropertyView => {
    const common = { name, about, kind }
    if (kind === "reachability" && reached.includes(name))
      return { ...common, status: "kept", remark: "reached", brokenAt: undefined }
    if (kind === "reachability" || kind === "liveness")
      return { ...common, status: "open", remark: "", brokenAt: undefined }
    if (!broken.includes(name))
      return { ...common, status: "kept", remark: "", brokenAt: undefined }
    const first = exploration.positions.findIndex((one) => one.broken.includes(name))
    const remark = first === 0 ? "broken at the beginning" : `broken by step ${first}`
    return { ...common, status: "broken", remark, brokenAt: first }
  })
}

/** The author's own function, as it runs. */
const sourceOf = (relation: Relation<object>, action: string): ActionSource => ({
  name: action,
  code: tidy(String(relation.actions[action] ?? ""))
})

/**
 * Without the gaps that stripped types leave, and without the indentation of its original place.
 */
const tidy = (code: string): string => {
  const [first, ...rest] = code
    .replace(/(\S) +(?=[),])/g, "$1")
    .replace(/(\S) {2,}(?=[={])/g, "$1 ")
    .split("\n")
  const indents = rest.filter((line) => line.trim() !== "").map((line) => line.search(/\S/))
  // The last line ends what the first has begun, or all lines form one expression.
  const kept = /^\s*[\])}]/.test(rest.at(-1) ?? "") ? 0 : 2
  const outer = Math.max(0, Math.min(...indents) - kept)
  return [first, ...rest.map((line) => line.slice(outer))].join("\n")
}

/** A value, with records shown field by field; differences from before are marked. */
const termOf = (value: unknown, before: unknown): Term => {
  const isChanged = before !== undefined && !equals(before, value)
  if (!isRecord(value) || Object.hasOwn(value, "_tag") || Object.keys(value).length === 0)
    return {
      text: written(value),
      isChanged,
      ...(isChanged ? { was: written(before) } : {})
    }
  const former = isRecord(before) ? before : {}
  return {
    text: "",
    fields: Object.entries(value).map(([name, field]) => ({
      name,
      term: termOf(field, former[name])
    })),
    isChanged
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
