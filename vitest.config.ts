import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/**
 * The files that take the longest. They begin first, so that none of them is still running alone
 * when all others are done.
 */
const longest = [
  "checker/explorer/page.test.ts",
  "checker/command/models.test.ts",
  "impl/campaign/campaign.test.ts",
  "checker/command/interrupts.test.ts",
  "impl/command/examples.test.ts",
  "impl/chaos/chaos.test.ts",
  "checker/command/threads.test.ts",
  "checker/command/checkpoint.test.ts",
  "impl/command/runtime.test.ts",
  "readme.test.ts",
  "checker/scenarios/scenario-walks.test.ts",
  "impl/command/operating.test.ts",
  "impl/command/byzantine.test.ts",
  "impl/dbqs/slept.test.ts",
  "proofs/checked.test.ts",
  "checker/network/random-protocols.test.ts",
  "checker/strays/strays.test.ts",
  "impl/threshold/cryptography.test.ts",
  "impl/simulator/simulation.test.ts",
  "impl/client/store.test.ts",
  "proofs/proofs.test.ts",
  "impl/node/beginning.test.ts",
  "impl/client/reconfiguration.test.ts",
  "checker/parallel/same-outcome.test.ts",
  "impl/membership/paced.test.ts",
  "impl/net/connection.test.ts",
  "impl/byzantine/liars.test.ts",
  "impl/keys/roles.test.ts",
  "proofs/rambo/tie.test.ts",
  "checker/relation/single-server-membership.test.ts",
  "checker/network/course.test.ts",
  "impl/membership/move.test.ts",
  "impl/command/attack.test.ts",
  "impl/client/reclaiming.test.ts"
]

class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const placeOf = ({ moduleId }: TestSpecification): number => {
      const place = longest.findIndex((file) => moduleId.endsWith(`/test/${file}`))
      return place < 0 ? longest.length : place
    }
    return (await super.sort(files)).sort((left, right) => placeOf(left) - placeOf(right))
  }
}

export default defineConfig({
  test: {
    globalSetup: ["test/global-setup.ts"],
    setupFiles: ["test/setup.ts"],
    // One more than there are cores: tests that start processes wait for them.
    maxWorkers: availableParallelism() + 1,
    // Files that follow one another share a process: starting one for each takes as long as many of
    // them.
    isolate: false,
    // Node runs the modules as they are: through Vite's own runner every use of an import is a look
    // into an object, which takes a search an eighth of its time.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    sequence: { sequencer: LongestFirst },
    include: ["test/**/*.test.ts"],
    exclude: ["test/bench/**"],
    // A machine that does other work besides must not fail a test.
    testTimeout: 300_000,
    hookTimeout: 120_000
  }
})
