import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    setupFiles: ["test/setup.ts"],
    include: ["test/**/*.test.ts"],
    exclude: ["test/bench/**"],
    // A machine that does other work besides must not fail a test.
    testTimeout: 300_000,
    hookTimeout: 120_000
  }
})
