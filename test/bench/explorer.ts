/**
 * The explorer's response times, in a real Chromium: until the first page shows a scenario, and
 * until it shows a step on a RAMBO scenario. Next to each is the time that the same browser takes
 * for an empty page and for an animation frame, the minimum for any page.
 */
import type { AddressInfo } from "node:net"
import { type Browser, chromium } from "playwright-core"
import { explorerPage } from "../../checker/command/explorer-page.ts"
import { serverOf } from "../../checker/command/explorer-server.ts"

const executablePath = process.env.QUORATE_CHROMIUM ?? "/usr/bin/chromium"
const flags =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
const scenario = "rambo/replace-one-to-the-end"
const defaultRounds = 7
const steps = 60

const median = (numbers: ReadonlyArray<number>): number =>
  [...numbers].sort((left, right) => left - right)[numbers.length >> 1] as number

const percentile = (numbers: ReadonlyArray<number>, share: number): number =>
  [...numbers].sort((left, right) => left - right)[
    Math.floor((numbers.length - 1) * share)
  ] as number

/**
 * Takes steps in the page, one after the other, and measures each until it is painted. It runs in
 * the browser.
 */
const stepping = `(async (count) => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)))
  const shown = () => document.querySelector(".controls output").textContent
  const step = async (act) => {
    const before = shown()
    const started = performance.now()
    act()
    while (shown() === before) await new Promise((resolve) => setTimeout(resolve, 0))
    return performance.now() - started
  }
  const taken = []
  for (let number = 0; number < count; number++) {
    const chips = [...document.querySelectorAll(".lane-next > .chip")]
    if (chips.length === 0) break
    taken.push(await step(() => chips[(number * 7) % chips.length].click()))
    await frame()
  }
  const frames = []
  for (let number = 0; number < 20; number++) {
    const started = performance.now()
    await frame()
    frames.push(performance.now() - started)
  }
  return { taken, frames }
})(${steps})`

const opening = async (browser: Browser, address: string, ready: string): Promise<number> => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const started = performance.now()
  await page.goto(address)
  await page.locator(ready).first().waitFor()
  const taken = performance.now() - started
  await context.close()
  return taken
}

export const explorer = async (options: ReadonlyArray<string>): Promise<void> => {
  const rounds = Number(options[options.indexOf("--rounds") + 1]) || defaultRounds
  const { page } = await explorerPage()
  const server = serverOf(page)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/#scenario=${scenario}`
  const browser = await chromium.launch({ executablePath, args: flags.split(" ") })
  const opened: Array<number> = []
  const empty: Array<number> = []
  const taken: Array<number> = []
  const frames: Array<number> = []
  for (let round = 0; round < rounds; round++) {
    empty.push(await opening(browser, "data:text/html,<p>empty", "p"))
    opened.push(await opening(browser, address, ".chip"))
    const context = await browser.newContext()
    const tab = await context.newPage()
    await tab.goto(address)
    await tab.locator(".chip").first().waitFor()
    const measured = await tab.evaluate<{ taken: Array<number>; frames: Array<number> }>(stepping)
    taken.push(...measured.taken)
    frames.push(...measured.frames)
    await context.close()
  }
  await browser.close()
  server.close()
  server.closeAllConnections()
  const rows = [
    ["first page", median(opened), Math.max(...opened), 1000],
    ["  an empty page", median(empty), Math.max(...empty), undefined],
    ["a step", median(taken), percentile(taken, 0.95), 50],
    ["  a frame", median(frames), percentile(frames, 0.95), undefined]
  ] as const
  console.log(
    `${scenario}: ${rounds} rounds, ${taken.length} steps, ${(page.length / 1000).toFixed(0)} kB`
  )
  console.log("milliseconds          median    worst (of steps: 19 of 20)    at most")
  for (const [name, middle, worst, most] of rows)
    console.log(
      `${name.padEnd(20)} ${middle.toFixed(1).padStart(7)} ${worst.toFixed(1).padStart(8)} ${String(most ?? "").padStart(31)}`
    )
  if (median(opened) > 1000 || median(taken) > 50) process.exitCode = 1
}
