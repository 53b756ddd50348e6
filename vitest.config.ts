import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    globalSetup: ["test/global-setup.ts"],
    setupFiles: ["test/setup.ts"],
    // By default a machine of two cores would run one file at a time.
    maxWorkers: "100%",
    // Files that follow one another share a process: starting one for each takes as long as many of
    // them.
    isolate: false,
    include: ["test/**/*.test.ts"],
    exclude: ["test/bench/**"],
    // A machine that does other work besides must not fail a test.
    testTimeout: 300_000,
    hookTimeout: 120_000
  }
})
