/**
 * The main function of a thread that the command has started: it does the work that it was started
 * for, and nothing else.
 */
import { workerData } from "node:worker_threads"
import { answerForModels, isExplorationStart } from "./model-thread.ts"
import { takeNotebook } from "./notebooks.ts"
import { isPoolStart, takeJobs } from "./pool.ts"
import { isSeatStart, sit } from "./seat.ts"
import { isSwarmStart, walkBatches } from "./swarm.ts"
import { isSearchStart, obeyOrders } from "./threads.ts"

export const work = async (): Promise<void> => {
  takeNotebook(workerData)
  if (isSeatStart(workerData)) return sit(workerData)
  if (isSwarmStart(workerData)) return walkBatches(workerData)
  if (isSearchStart(workerData)) return obeyOrders(workerData)
  if (isPoolStart(workerData)) return takeJobs(workerData)
  if (isExplorationStart(workerData)) return answerForModels(workerData)
  throw new Error("a thread was started without a task")
}
