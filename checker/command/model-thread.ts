/**
 * A model of the user's, explored on a separate thread. A thread has its own copies of the modules,
 * so a changed module runs in its current form; and a model that never answers does not block other
 * requests.
 */
import { parentPort, Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Answer, Question } from "../explorer/messages.ts"
import { type ReadModel, Session } from "../explorer/session.ts"
import type { Exported } from "../exported.ts"
import { exportedAt, placesOf, readModules } from "./model-file.ts"
import { relationProperties } from "./show.ts"

/** What such a thread starts with: the file of the module. */
interface Start {
  readonly explored: string
}

export const isExplorationStart = (data: unknown): data is Start =>
  typeof data === "object" && data !== null && "explored" in data

/** A model of a module, as far as a listing of models shows it. */
export interface ModelListed {
  readonly name: string
  readonly description: string
  readonly actions: ReadonlyArray<string>
  readonly properties: ReadonlyArray<string>
}

export interface ModelsListed {
  readonly tell: "models"
  readonly models: ReadonlyArray<ModelListed>
}

type Asked = Question | { readonly ask: "models" }
type Told = Answer | ModelsListed

export class ModelThread {
  private readonly worker: Worker
  /** Whether the thread has ended: by itself, since its module could not run, or on request. */
  isOver = false

  constructor(entry: URL, file: string) {
    this.worker = new Worker(entry, { workerData: { explored: file } satisfies Start })
    this.worker.unref()
    this.worker.once("exit", () => {
      this.isOver = true
    })
  }

  /**
   * Asks, and waits for the answer. A caller that stops waiting ends the thread, which may never
   * answer.
   */
  ask(asked: Asked): Effect.Effect<Told> {
    const { worker } = this
    return Effect.callback<Told>((resume) => {
      const hear = (told: Told) => {
        leave()
        resume(Effect.succeed(told))
      }
      const fail = (error: Error) => hear({ tell: "refused", message: error.message })
      const gone = () => fail(new Error("the model ended the process that ran it"))
      const leave = () => {
        worker.off("message", hear)
        worker.off("error", fail)
        worker.off("exit", gone)
      }
      worker.on("message", hear)
      worker.on("error", fail)
      worker.on("exit", gone)
      worker.postMessage(asked)
      return Effect.sync(() => this.end())
    })
  }

  end(): void {
    this.isOver = true
    this.worker.terminate()
  }
}

const readModel: ReadModel = async ({ modules: [file = ""], exported }) => {
  const read = await readModules([file])
  return Result.isFailure(read)
    ? Result.fail(read.failure.message)
    : Result.succeed(exportedAt({ file, name: exported }))
}

/** The main loop of the thread: it answers one question after another. */
export const answerForModels = ({ explored }: Start): void => {
  const session = new Session(() => new Promise((resolve) => setImmediate(resolve)), readModel)
  const answer = async (asked: Asked): Promise<Told> =>
    asked.ask === "models" ? listed(explored) : session.answer(asked, () => undefined)
  parentPort?.on("message", (asked: Asked) => {
    answer(asked)
      .catch((error: Error): Told => ({ tell: "refused", message: error.message }))
      .then((told) => parentPort?.postMessage(told))
  })
}

const listed = async (file: string): Promise<Told> => {
  const read = await readModules([file])
  const places = Result.flatMap(read, () => placesOf(file))
  if (Result.isFailure(places)) return { tell: "refused", message: places.failure.message }
  const models = places.success.map((place) => listedModel(place.name, exportedAt(place)))
  return { tell: "models", models }
}

const listedModel = (name: string, exported: Exported): ModelListed => {
  if (exported._tag === "Relation") {
    const { description = "", actions } = exported.relation
    const properties = Object.keys(relationProperties(exported.relation))
    return { name, description, actions: Object.keys(actions), properties }
  }
  const { description = "", model } = exported.scenario
  const properties = model.properties.map((property) => property.name)
  return { name, description, actions: [], properties }
}
