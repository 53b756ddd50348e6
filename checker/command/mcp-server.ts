/**
 * What `quorate mcp` serves: the checker and the explorer for coding agents, through the Model
 * Context Protocol over standard input and output.
 *
 * The tools match those of the page: they ask the same session (`explorer/session.ts`), and a run
 * is a text of codes as in the page's address. Between two calls the server remembers only the
 * scenario and the model that were opened last.
 */
import { resolve } from "node:path"
import * as NodeStdio from "@effect/platform-node/NodeStdio"
import { McpProtocol, McpServer, Tool, Toolkit } from "effect/ai"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { protocols } from "../../spec/protocols.ts"
import type { Answer, Place, View } from "../explorer/messages.ts"
import { Session } from "../explorer/session.ts"
import { runFrom, runText } from "../explorer/step-code.ts"
import type { Term } from "../report/terms.ts"
import { entryOfThreads } from "./entry.ts"
import { isModelArgument, textsFrom } from "./model-file.ts"
import { ModelThread } from "./model-thread.ts"
import { readScenario, shippedNames } from "./shipped.ts"

const scenario = Schema.String.annotate({
  description:
    "The name of a shipped scenario, the path of a JSON file, the JSON text of a scenario itself, or a model of your own: the path of its module, with its name if there are several (lock.ts, lock.ts#careless)"
})
const run = Schema.optionalKey(
  Schema.String.annotate({
    description: "A run: the codes of its steps, one after the other; without it, the beginning"
  })
)

const usualMaxStates = 1_000_000
const maxStates = Schema.optionalKey(
  Schema.Int.annotate({
    description: `The most states to visit (${usualMaxStates} by default); what is undecided by then is inconclusive`
  })
)

/** A refusal is one sentence. */
const failure = Schema.String

const tools = Toolkit.make(
  Tool.make("list_scenarios", {
    description:
      "The shipped scenarios whose names contain a text, and the protocols with their variants and operations",
    parameters: Schema.Struct({ containing: Schema.optionalKey(Schema.String) }),
    success: Schema.Unknown,
    failure,
    failureMode: "return"
  }),
  Tool.make("list_models", {
    description:
      "The models that a TypeScript or JavaScript module exports: their names for the other tools, what they are about, their actions and properties",
    parameters: Schema.Struct({ file: Schema.String }),
    success: Schema.Unknown,
    failure,
    failureMode: "return"
  }),
  Tool.make("show_scenario", {
    description: "The JSON text of a shipped scenario, to begin one of your own with",
    parameters: Schema.Struct({ name: Schema.String }),
    success: Schema.Unknown,
    failure,
    failureMode: "return"
  }),
  Tool.make("check_scenario", {
    description:
      "Checks every run of a scenario or a model within its bounds. Returns the verdict of each property and, for a violation, the run and why it is one",
    parameters: Schema.Struct({ scenario, most_states: maxStates }),
    success: Schema.Unknown,
    failure,
    failureMode: "return"
  }),
  Tool.make("explain_run", {
    description:
      "Explains a run: each of its steps in a sentence, the state of every node at its end, what has changed, and the steps that are possible next with their codes. To take a step, append its code to the run",
    parameters: Schema.Struct({ scenario, run }),
    success: Schema.Unknown,
    failure,
    failureMode: "return"
  }),
  Tool.make("find_way", {
    description:
      'The shortest run from the end of a run to a state such as "s1.pair.value = 1", "c1.activity is Setting" or "atomicity is broken", or to a step such as "server receives Set" or "c2 returns 1"; several joined by "and"',
    parameters: Schema.Struct({ scenario, run, goal: Schema.String }),
    success: Schema.Unknown,
    failure,
    failureMode: "return"
  })
)

type Asked = Parameters<Session["answer"]>[0]

const refused = (message: string): Answer => ({ tell: "refused", message })

/** One scenario after another is open in one session. */
class OpenScenario {
  private readonly session = new Session(() => new Promise((resolve) => setImmediate(resolve)))
  private open = ""

  async ask(given: string, question: Asked): Promise<Answer> {
    const isText = given.trim().startsWith("{")
    const name = isText ? "a scenario of your own" : given
    const text = isText ? Result.succeed(given) : readScenario(given)
    if (Result.isFailure(text)) return refused(text.failure.message)
    const key = `${name}\n${text.success}`
    if (key !== this.open) {
      const opened = await this.session.answer(
        { ask: "open", name, text: text.success },
        () => undefined
      )
      if (opened.tell !== "opened") return opened
      this.open = key
    }
    return this.session.answer(question, () => undefined)
  }
}

/**
 * One module after another runs on a thread. The thread is replaced when the module's text, or one
 * that it imports, changes.
 */
class OpenModel {
  private thread: ModelThread | undefined
  private read = ""
  private open = ""

  list(file: string) {
    return Effect.flatMap(this.threadOf(file), (thread) => thread.ask({ ask: "models" }))
  }

  readonly ask = Effect.fnUntraced(function* (this: OpenModel, given: string, question: Asked) {
    const [file = "", wanted] = given.split("#")
    const thread = yield* this.threadOf(file)
    const listed = yield* thread.ask({ ask: "models" })
    if (listed.tell !== "models") return listed
    const names = listed.models.map(({ name }) => name)
    const exported = wanted ?? (names.length === 1 ? names[0] : undefined)
    if (exported === undefined || !names.includes(exported))
      return refused(`${file} has the models ${names.join(", ")}: name one, as ${file}#${names[0]}`)
    if (exported !== this.open) {
      const model = { modules: [resolve(file)], exported }
      const opened = yield* thread.ask({ ask: "open", name: given, text: "", model })
      if (opened.tell !== "opened") return opened
      this.open = exported
    }
    return yield* thread.ask(question)
  })

  private readonly threadOf = (file: string): Effect.Effect<ModelThread, string> =>
    Effect.suspend(() => {
      const path = resolve(file)
      const text = Result.try(() => textsFrom(path))
      if (Result.isFailure(text)) return Effect.fail(`${file}: there is no such file`)
      const read = `${path}\n${text.success}`
      if (this.thread === undefined || read !== this.read || this.thread.isOver) {
        this.thread?.end()
        this.thread = new ModelThread(entryOfThreads(), path)
        this.open = ""
        this.read = read
      }
      return Effect.succeed(this.thread)
    })
}

const openScenario = new OpenScenario()
const openModel = new OpenModel()

/** Asks, and returns the answer; a refused request fails with the reason. */
const asked = (given: string, question: Asked, tell: (answer: Answer) => unknown) =>
  Effect.flatMap(
    isModelArgument(given)
      ? openModel.ask(given, question)
      : Effect.promise(() => openScenario.ask(given, question)),
    (answer) =>
      answer.tell === "refused"
        ? Effect.fail(answer.message)
        : answer.tell === "models"
          ? Effect.succeed(answer)
          : Effect.succeed(asJson(tell(answer)))
  )

/** JSON omits fields that are undefined. */
const asJson = (data: unknown): unknown => JSON.parse(JSON.stringify(data))

const placeOf = (text = ""): Effect.Effect<Place, string> => {
  const codes = runFrom(text)
  return codes === undefined
    ? Effect.fail(
        `"${text}" is not a run: it is made of codes of four characters, as explain_run shows them`
      )
    : Effect.succeed({ run: codes, at: codes.length })
}

const handlers = tools.toLayer({
  list_scenarios: ({ containing = "" }) =>
    Effect.succeed({
      scenarios: shippedNames().filter((name) => name.includes(containing)),
      protocols: protocols.map(({ name, about, variants, objects }) => ({
        ...{ name, about },
        operations: objects.flatMap(({ kinds }) => kinds.map(({ syntax }) => syntax)),
        variants: variants.map((variant) => ({ name: variant.name, about: variant.about }))
      }))
    }),
  show_scenario: ({ name }) =>
    Effect.mapError(
      Effect.map(Effect.fromResult(readScenario(name)), JSON.parse),
      ({ message }) => message
    ),
  list_models: ({ file }) =>
    Effect.flatMap(openModel.list(file), (answer) =>
      answer.tell === "refused"
        ? Effect.fail(answer.message)
        : answer.tell === "models"
          ? Effect.succeed(
              asJson(answer.models.map((one) => ({ ...one, scenario: `${file}#${one.name}` })))
            )
          : Effect.succeed([])
    ),
  check_scenario: ({ scenario: given, most_states: most = usualMaxStates }) =>
    asked(given, { ask: "check", most }, (answer) =>
      answer.tell !== "checked"
        ? answer
        : {
            ...answer,
            properties: answer.properties.map(({ counterexample, ...property }) => ({
              ...property,
              ...(counterexample && {
                counterexample: { ...counterexample, run: runText(counterexample.run) }
              })
            }))
          }
    ),
  explain_run: ({ scenario: given, run: text }) =>
    Effect.flatMap(placeOf(text), (place) =>
      asked(given, { ask: "view", place }, (answer) =>
        answer.tell === "view" ? explained(answer) : answer
      )
    ),
  find_way: ({ scenario: given, run: text, goal }) =>
    Effect.flatMap(placeOf(text), (place) =>
      asked(given, { ask: "way", place, goal }, (answer) =>
        answer.tell === "way" && answer.found
          ? { found: true, run: runText(answer.place.run), steps: answer.place.at - place.at }
          : answer
      )
    )
})

/** What an agent reads of a view: words, without the data that only a picture needs. */
const explained = ({
  place,
  refused,
  steps,
  nodes,
  enabled,
  ending,
  properties,
  orders,
  known
}: View) => ({
  run: runText(place.run),
  ...(refused === 0 ? {} : { notTaken: `the last ${refused} steps of the run are not possible` }),
  steps: steps.map(({ number, sentence, breaks }) =>
    breaks.length === 0
      ? `${number}. ${sentence}`
      : `${number}. ${sentence} (breaks ${breaks.join(", ")})`
  ),
  state: Object.fromEntries(
    nodes.map(({ id, state, fault }) => [
      id,
      state === undefined ? (fault ?? "gone") : dataOf(state)
    ])
  ),
  properties: properties.map(({ name, status, remark }) =>
    [name, status, remark].filter((word) => word !== "").join(": ")
  ),
  ordersStillPossible: orders,
  ...(known === undefined ? {} : { adversaryKnows: known }),
  next: enabled
    .filter(({ hasEffect }) => hasEffect)
    .map(({ code, sentence, breaks }) => ({
      code,
      step: sentence,
      ...(breaks.length === 0 ? {} : { breaks })
    })),
  ...(ending === undefined ? {} : { ending })
})

/** A term as data: its words, or its fields. */
const dataOf = ({ text, fields, isChanged, was }: Term): unknown => {
  if (fields === undefined) return isChanged && was !== undefined ? `${text} (was ${was})` : text
  const inner = Object.fromEntries(fields.map(({ name, term }) => [name, dataOf(term)]))
  return text === "" ? inner : { is: text, ...inner }
}

const instructions = `Quorate checks protocols for reconfigurable replicated storage. A scenario is JSON: protocol, servers
and clients (lists of operations) are required. check_scenario decides; explain_run explains the run of a counterexample
step by step and lists the steps that are possible next. A model of your own, any transition system in a
TypeScript or JavaScript module, goes wherever a scenario goes: list_models shows what a module exports.`

/** Standard output belongs to the protocol: the server writes nothing else there. */
const server = (version: string) =>
  McpServer.layerStdio({
    ...{ name: "quorate", version, instructions },
    protocols: [
      McpProtocol.v2025_11_25,
      McpProtocol.v2025_06_18,
      McpProtocol.v2025_03_26,
      McpProtocol.v2024_11_05
    ],
    registrations: McpServer.toolkit(tools).pipe(Layer.provide(handlers))
  }).pipe(Layer.provide(NodeStdio.layer), Layer.provide(Logger.layer([])))

/**
 * When its client disconnects, the transport interrupts the fiber that serves: this is a normal
 * end, not an error.
 */
const untilItsClientGoes = Effect.fnUntraced(function* <E, R>(serving: Effect.Effect<never, E, R>) {
  const fiber = yield* Effect.forkChild(serving)
  const exit = yield* Fiber.await(fiber)
  if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) return yield* exit
})

/** Serves until the client disconnects. */
export const serve = (version: string) => untilItsClientGoes(Layer.launch(server(version)))
