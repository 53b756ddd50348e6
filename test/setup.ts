/**
 * Random tests draw the same cases every time, so that a failure recurs at the next run.
 * `QUORATE_SEED=7 npm test` draws others.
 */
import * as fc from "fast-check"
import { chai } from "vitest"

fc.configureGlobal({ seed: Number(process.env.QUORATE_SEED ?? 20_261_121) })

// Chai wraps each assertion in proxies that find misspelt ones. The types find them too, and
// without proxies an assertion takes half the time: some tests make a hundred thousand.
chai.config.useProxy = false
