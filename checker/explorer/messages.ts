/**
 * What the page asks of the worker, and what it is answered: plain data. Steps are numbered from 1,
 * and position `n` is the state after step `n`.
 */
import type { PropertyKind } from "../report/trace.ts"
import type { Expected } from "../scenario/load.ts"
import type { Term } from "./terms.ts"

/** A scenario as it is written, with the name that it goes by. */
export interface ScenarioText {
  readonly name: string
  readonly text: string
}

/**
 * A model of the user's: the modules that it is made of, each after those that it imports. In their
 * texts, `quorate-module:3` stands for the fourth of them, `quorate/spec` and `quorate/checker` for
 * what is in the page.
 */
export interface ModelText extends ScenarioText {
  readonly modules: ReadonlyArray<string>
  /** The name of the model among those that the last module exports. */
  readonly exported: string
}

/** A place on a run: its steps, by their codes, and how many of them have been taken. */
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
  /** Checks it, up to so many states; without a number, to the end. */
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
  readonly properties: ReadonlyArray<PropertyAsked>
  /**
   * Whether a violation is looked for at once: one is expected; or, of a model, nothing says that
   * there is none.
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

/** All that the page shows of a place on a run. */
export interface View {
  readonly tell: "view"
  readonly place: Place
  /** How many steps of the run that was asked for could not be taken. */
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
   * What the adversary has learned, and the keys and signatures that it has; undefined where there
   * is none.
   */
  readonly known: ReadonlyArray<string> | undefined
  /** The functions of the specification that the last step called, by number. */
  readonly calls: ReadonlyArray<number>
  /** The author's function of the last step, where what is explored is a model of the user's. */
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
  /** What is written beside the step in the picture: that operations begin and end, and notes. */
  readonly notes: ReadonlyArray<{
    readonly kind: "begins" | "returns" | "note"
    readonly text: string
  }>
  /** The properties that the step breaks. */
  readonly breaks: ReadonlyArray<string>
  /**
   * How many orders of the operations are still possible after the step; undefined if nobody counts
   * them.
   */
  readonly orders: number | undefined
}

/** A message: sent in a step, and received or lost in another. */
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
  /** What has befallen the node; undefined if nothing has. */
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
  /** Whether the adversary makes the message up. */
  readonly isSpoken: boolean
  readonly hasEffect: boolean
  readonly breaks: ReadonlyArray<string>
}

export interface PropertyView {
  readonly name: string
  readonly about: string
  readonly kind: PropertyKind
  readonly status: "kept" | "broken" | "excused" | "open"
  /** More about it: where it broke, and why. */
  readonly remark: string
  /** The first step after which it is broken. */
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

/** A DAG of configurations: a vertex per view, an edge per change that was endorsed in one. */
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
  /** How many changes led to it. */
  readonly size: number
  /** The clients whose operation visits it. */
  readonly visitors: ReadonlyArray<string>
}

/** How far something is that takes a while. */
export interface Progress {
  readonly tell: "progress"
  readonly states: number
  readonly depth: number
}

/** The scenario was checked. */
export interface Checked {
  readonly tell: "checked"
  readonly verdict: string
  readonly isExhaustive: boolean
  readonly states: number
  readonly reductions: ReadonlyArray<string>
  readonly properties: ReadonlyArray<CheckedProperty>
  /** How often each kind of action was taken. */
  readonly actions: ReadonlyArray<readonly [string, number]>
  /** What else there is to know: what was vacuous, which bounds were reached. */
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
  /** Of a run that goes on forever: how many steps come before those that are repeated. */
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

/** States by their distance from the place that was asked about. */
export interface GraphFound {
  readonly tell: "graph"
  readonly isExhaustive: boolean
  /** How many states there are at each distance. */
  readonly byDepth: ReadonlyArray<number>
  /** Each state and each step between them; undefined where there are too many for a picture. */
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

/** What two places have in common, and in what they differ. */
export interface Comparison {
  readonly tell: "compare"
  /** How many steps both runs begin with. */
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
