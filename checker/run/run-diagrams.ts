/**
 * Draws runs and small state graphs of relations: Mermaid flowcharts and DOT.
 */
import type { Run } from "../relation/run.ts"
import { became, changesBetween, written } from "./run-changes.ts"

/**
 * A run as a Mermaid flowchart: the initial state, then the changes of each step; an arrow closes a
 * loop.
 */
export const runMermaid = (title: string, { initial, steps, loop }: Run<object>): string => {
  const quoted = (text: string) =>
    `"${text.replaceAll('"', "#quot;").replaceAll("<", "#lt;").replaceAll(">", "#gt;")}"`
  const lines = (texts: ReadonlyArray<string>) => quoted(texts.join("\n")).replaceAll("\n", "<br/>")
  const nodes = [
    `s0[${lines(Object.entries(initial).map(([field, value]) => `${field} = ${written(value)}`))}]`,
    ...steps.map(
      ({ state }, index) =>
        `s${index + 1}[${lines(changeTexts(index === 0 ? initial : steps[index - 1]?.state, state))}]`
    )
  ]
  const isLoop = loop !== undefined && loop < steps.length
  const edges = steps.map(({ action }, index) => {
    const to = isLoop && index === steps.length - 1 ? loop : index + 1
    return `s${index} -- ${quoted(`${index + 1} ${action}`)} --> s${to}`
  })
  // A loop ends in the state in which it began, so show that state once.
  const shown = isLoop ? nodes.slice(0, -1) : nodes
  return [
    "---",
    `title: ${JSON.stringify(title)}`,
    "---",
    "flowchart TD",
    ...[...shown, ...edges].map((line) => `  ${line}`)
  ].join("\n")
}

const changeTexts = (before: unknown, after: unknown): ReadonlyArray<string> => {
  const changes = changesBetween(before, after).map((change) => `${change.path}: ${became(change)}`)
  return changes.length === 0 ? ["(unchanged)"] : changes
}

/** A graph of states: the label of each, and the steps between them. */
export interface StateGraph {
  readonly title: string
  readonly states: ReadonlyArray<{
    readonly label: string
    readonly isInitial: boolean
    readonly isBroken: boolean
  }>
  readonly steps: ReadonlyArray<{
    readonly from: number
    readonly to: number
    readonly action: string
  }>
}

/**
 * The graph in Graphviz's DOT language. Initial states are bold; states that violate a property are
 * red.
 */
export const dot = ({ title, states, steps }: StateGraph): string => {
  const quoted = (text: string) =>
    `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\l")}"`
  return [
    `digraph ${quoted(title)} {`,
    '  node [shape=box, fontname="monospace"]',
    ...states.map(({ label, isInitial, isBroken }, number) => {
      const looks = [
        `label=${quoted(`${label}\n`)}`,
        ...(isInitial ? ["style=bold"] : []),
        ...(isBroken ? ["color=red"] : [])
      ]
      return `  s${number} [${looks.join(", ")}]`
    }),
    ...steps.map(({ from, to, action }) => `  s${from} -> s${to} [label=${quoted(action)}]`),
    "}"
  ].join("\n")
}

/** The label of a state in a graph: one field per line. */
export const stateLabel = (state: object): string =>
  Object.entries(state)
    .map(([field, value]) => `${field} = ${written(value)}`)
    .join("\n")
