/**
 * The page's requests to the worker, and the replies: plain data. Steps are numbered from 1, and
 * position `n` is the state after step `n`.
 */

import type { Term } from "../report/terms.ts"
import type { PropertyKind } from "../report/trace.ts"
import type { Expected } from "../scenario/load.ts"

/** A scenario as its author writes it, with its name. */
export interface ScenarioText {
  readonly name: string
  readonly text: string
}

/**
 * A model of the user's: its modules, each after those that it imports. In their texts,
 * `quorate-module:3` stands for the fourth of them, and `quorate/spec` and `quorate/checker` for
 * the page's own copies.
 */
export interface ModelText extends ScenarioText {
  readonly modules: ReadonlyArray<string>
  /** The name of the model among the exports of the last module. */
  readonly exported: string
}

/** A place on a run: its steps, by their codes, and the number of them that have been taken. */
export interface Place {
  readonly run: ReadonlyArray<string>
  readonly at: number
}

export type Question =
  | {
      readonly ask: "open"
      readonly name: string
      readonly text: string
      readonly model?: Pick<ModelText, "modules" | "exported">
    }
  | { readonly ask: "view"; readonly place: Place }
  /** Checks it, up to the given number of states; without a number, to the end. */
  | { readonly ask: "check"; readonly most?: number }
  | { readonly ask: "way"; readonly place: Place; readonly goal: string }
  | { readonly ask: "possible"; readonly place: Place; readonly property: string }
  | { readonly ask: "graph"; readonly place: Place }
  | { readonly ask: "compare"; readonly left: Place; readonly right: Place }
  | { readonly ask: "stop" }

export type Answer =
  | Opened
  | Refused
  | View
  | Progress
  | Checked
  | Way
  | Possible
  | GraphFound
  | Comparison
  | { readonly tell: "stopped" }

/** What cannot be done, and why. */
export interface Refused {
  readonly tell: "refused"
  readonly message: string
}

/** A scenario is open. */
export interface Opened {
  readonly tell: "opened"
  readonly name: string
  readonly description: string | undefined
  readonly protocol: { readonly name: string; readonly about: string }
  /** Whether it is a transition system of the user's: it has no nodes and no messages. */
  readonly isRelation: boolean
  readonly nodes: ReadonlyArray<{
    readonly id: string
    readonly role: string
    readonly isAsked: boolean
  }>
  /** The run that the scenario gives, after which checks begin; empty for the initial state. */
  readonly course: ReadonlyArray<string>
  readonly properties: ReadonlyArray<PropertyAsked>
  /**
   * Whether the page looks for a violation at once: one is expected; or, for a model, nothing
   * states that there is none.
   */
  readonly looksForViolation: boolean
  /** Sentences about bounds and faults: what a run can contain. */
  readonly bounds: ReadonlyArray<string>
}

export interface PropertyAsked {
  readonly name: string
  readonly about: string
  readonly kind: PropertyKind
  readonly expected: Expected | undefined
}

/** Everything that the page shows of a place on a run. */
export interface View {
  readonly tell: "view"
  readonly place: Place
  /** The number of steps of the requested run that could not be taken. */
  readonly refused: number
  readonly steps: ReadonlyArray<StepView>
  readonly arrows: ReadonlyArray<Arrow>
  readonly intervals: ReadonlyArray<IntervalView>
  readonly nodes: ReadonlyArray<NodeView>
  readonly enabled: ReadonlyArray<EnabledView>
  /** Why no step is possible any more; undefined if one is. */
  readonly ending: string | undefined
  readonly properties: ReadonlyArray<PropertyView>
  readonly orders: ReadonlyArray<Orders>
  readonly maps: ReadonlyArray<MapRow>
  readonly dag: Dag | undefined
  /**
   * What the adversary has learned, and its keys and signatures; undefined if there is no
   * adversary.
   */
  readonly known: ReadonlyArray<string> | undefined
  /** The functions of the specification that the last step called, by number. */
  readonly calls: ReadonlyArray<number>
  /** The author's function of the last step, if the page explores a model of the user's. */
  readonly source?: ActionSource
}

/** A function of the user's own, as a text. */
export interface ActionSource {
  readonly name: string
  readonly code: string
}

export type StepKind = "invoke" | "receive" | "choose" | "fault"

export interface StepView {
  readonly number: number
  readonly code: string
  readonly node: string
  readonly kind: StepKind
  /** What happens, in a sentence. */
  readonly sentence: string
  /** Whether it belongs to the course that the scenario gives. */
  readonly isGiven: boolean
  /**
   * The labels next to the step in the picture: the beginnings and ends of operations, and notes.
   */
  readonly notes: ReadonlyArray<{
    readonly kind: "begins" | "returns" | "note"
    readonly text: string
  }>
  /** The properties that the step breaks. */
  readonly breaks: ReadonlyArray<string>
  /**
   * The number of orders of the operations that are still possible after the step; undefined if no
   * property counts them.
   */
  readonly orders: number | undefined
}

/** A message: sent in one step, and received or lost in another. */
export interface Arrow {
  readonly from: string
  readonly to: string
  readonly text: string
  /** The step that sent it; undefined for one that the adversary made up. */
  readonly sent: number | undefined
  readonly received: number | undefined
  /** The step in which it was lost with its receiver. */
  readonly lost: number | undefined
}

/** An operation of a client. */
export interface IntervalView {
  readonly client: string
  readonly label: string
  readonly begin: number
  readonly end: number | undefined
  readonly ending: "response" | "fault" | "none"
}

export interface NodeView {
  readonly id: string
  readonly role: string
  readonly isAsked: boolean
  /** The fault of the node; undefined if there is none. */
  readonly fault: string | undefined
  /** Whether the adversary speaks for it. */
  readonly isTakenOver: boolean
  /** Its state; undefined once it is gone. */
  readonly state: Term | undefined
  /** Whether it took the last step. */
  readonly isActing: boolean
}

/** A step that is possible now. */
export interface EnabledView {
  readonly code: string
  readonly node: string
  readonly kind: StepKind
  /** In a few words, for a button on the node's lane. */
  readonly text: string
  readonly sentence: string
  /** The message's sender. */
  readonly from: string | undefined
  /** Whether the adversary makes up the message. */
  readonly isSpoken: boolean
  readonly hasEffect: boolean
  readonly breaks: ReadonlyArray<string>
}

export interface PropertyView {
  readonly name: string
  readonly about: string
  readonly kind: PropertyKind
  readonly status: "kept" | "broken" | "excused" | "open"
  /** More about a violation: where it occurs, and why. */
  readonly remark: string
  /** The first step after which the property is broken. */
  readonly brokenAt: number | undefined
}

/** The orders of the operations on an object that are still possible. */
export interface Orders {
  readonly object: string
  readonly possible: ReadonlyArray<string>
  readonly violation: string | undefined
}

/** A node's cmap: a cell per index. */
export interface MapRow {
  readonly node: string
  readonly cells: ReadonlyArray<string>
}

/**
 * A DAG of configurations: a vertex per view, an edge per change that a node endorsed in the view.
 */
export interface Dag {
  readonly vertices: ReadonlyArray<Vertex>
  readonly edges: ReadonlyArray<{
    readonly from: number
    readonly to: number
    readonly by: ReadonlyArray<string>
  }>
}

export interface Vertex {
  readonly text: string
  /** The number of changes that led to it. */
  readonly size: number
  /** The clients whose operation visits it. */
  readonly visitors: ReadonlyArray<string>
}

/** The progress of a long task. */
export interface Progress {
  readonly tell: "progress"
  readonly states: number
  readonly depth: number
}

/** The result of the check of a scenario. */
export interface Checked {
  readonly tell: "checked"
  readonly verdict: string
  readonly isExhaustive: boolean
  readonly states: number
  readonly reductions: ReadonlyArray<string>
  readonly properties: ReadonlyArray<CheckedProperty>
  /** The number of steps of each kind of action. */
  readonly actions: ReadonlyArray<readonly [string, number]>
  /** Other notes: vacuous parts of the check, and bounds that were reached. */
  readonly remarks: ReadonlyArray<string>
}

export interface CheckedProperty {
  readonly name: string
  readonly verdict: string
  readonly expected: Expected | undefined
  readonly counterexample: CounterexampleView | undefined
}

export interface CounterexampleView {
  readonly run: ReadonlyArray<string>
  readonly reason: string
  readonly explanation: string
  /** For an infinite run: the number of steps before the repeated ones. */
  readonly loop: number | undefined
}

/** The answer to "the shortest way to a state where …". */
export type Way =
  | { readonly tell: "way"; readonly found: true; readonly place: Place; readonly states: number }
  | {
      readonly tell: "way"
      readonly found: false
      readonly isExhaustive: boolean
      readonly states: number
      readonly depth: number
    }

/** The answer to "can this property still be violated from here". */
export interface Possible {
  readonly tell: "possible"
  readonly property: string
  readonly answer: "broken already" | "can be violated" | "cannot be violated" | "open"
  readonly states: number
  readonly depth: number
  readonly reductions: ReadonlyArray<string>
  /** A run that violates it. */
  readonly place: Place | undefined
}

/** States by their distance from the place in the request. */
export interface GraphFound {
  readonly tell: "graph"
  readonly isExhaustive: boolean
  /** The number of states at each distance. */
  readonly byDepth: ReadonlyArray<number>
  /** Each state and each step between them; undefined if there are too many for a picture. */
  readonly picture: GraphPicture | undefined
  readonly actions: ReadonlyArray<readonly [string, number]>
}

export interface GraphPicture {
  readonly states: ReadonlyArray<{
    readonly depth: number
    /** The steps from the place to this state. */
    readonly run: ReadonlyArray<string>
    readonly mark: "done" | "broken" | "stuck" | undefined
  }>
  readonly edges: ReadonlyArray<readonly [from: number, to: number, action: string]>
}

/** What two places have in common, and how they differ. */
export interface Comparison {
  readonly tell: "compare"
  /** The number of steps that both runs begin with. */
  readonly shared: number
  /** Whether both runs take the same steps, though perhaps in another order. */
  readonly sameSteps: boolean
  readonly onlyLeft: ReadonlyArray<string>
  readonly onlyRight: ReadonlyArray<string>
  readonly differences: ReadonlyArray<{
    readonly place: string
    readonly left: string
    readonly right: string
  }>
}

/** The answer to the question with this number; `isLast` unless more follow. */
export interface Reply {
  readonly number: number
  readonly answer: Answer
  readonly isLast: boolean
}

export interface Asked {
  readonly number: number
  readonly question: Question
}
