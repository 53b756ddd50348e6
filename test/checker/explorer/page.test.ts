/**
 * The explorer as users have it: the built page in a real Chromium, served from this machine and
 * opened as a file. Skipped without a Chromium (apt-get install chromium).
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import * as Effect from "effect/Effect"
import { type Browser, chromium, type Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openingWith } from "../../../checker/command/explorer-file.ts"
import { explorerPage, type Source } from "../../../checker/command/explorer-page.ts"
import { serverOf } from "../../../checker/command/explorer-server.ts"
import { modulesOf } from "../../../checker/command/model-modules.ts"

const chromiumPath = process.env.QUORATE_CHROMIUM ?? "/usr/bin/chromium"

const text = JSON.stringify({
  protocol: "naive",
  variant: "online",
  servers: ["s1", "s2", "s3", "s2'"],
  configuration: ["s1", "s2", "s3"],
  clients: [["reconfigure +s2' -s2", "write 1"], ["read"]],
  expect: { atomicity: "violated" }
})

const specification = new URL("../../../spec/", import.meta.url)
/**
 * The folders of the protocols that have steps of their own (RAMBO II has RAMBO's, with other
 * rules).
 */
const protocolFolders = readdirSync(specification).filter((name) =>
  existsSync(new URL(`${name}/client.ts`, specification))
)

let built: string
let page: string
let sources: ReadonlyArray<Source>
let server: Server
let origin: string
beforeAll(async () => {
  const explorer = await explorerPage()
  built = explorer.page
  page = openingWith(built, { name: "mine.json", text })
  sources = explorer.sources
  server = serverOf(page)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

describe("the built page", () => {
  it("names every protocol's actions with the sentences that they carry", () => {
    const named = (file: string, name: string) =>
      sources.find((source) => source.file === `spec/${file}.ts` && source.name === name)
    // A comment keeps its lines of the source, even where they break a sentence.
    const comment = (file: string, name: string) =>
      named(file, name)?.comment.replaceAll(/\s+/g, " ")
    expect(comment("majority/client", "receiveGetReply")).toContain(
      "waits for a majority of responses"
    )
    expect(comment("rambo/server", "receiveStorePointer")).toContain(
      "the next configuration has been stored in the local cmap variables"
    )
    expect(comment("administrator/server", "receiveNewView")).toContain(
      "stops serving the previous configuration"
    )
    expect(comment("forgetting/server", "forget")).toContain(
      "it discards its certificate, private key, and symmetric key"
    )
    expect(named("dynastore/traversal", "visit")?.code).toMatch(/^export const visit = /)
    const isTold = (folder: string) =>
      sources.some((source) => source.file.startsWith(`spec/${folder}/`) && source.comment !== "")
    expect(protocolFolders.length).toBeGreaterThan(9)
    expect(protocolFolders.filter((folder) => !isTold(folder))).toEqual([])
    expect(sources.length).toBeGreaterThan(400)
  })

  it("asks the network for nothing", () => {
    expect(page).toContain("default-src 'none'")
    expect(page).not.toMatch(/(?:src|href)="https?:/)
  })
})

describe("the page's server", () => {
  const ask = async (path: string, init: RequestInit & { readonly host?: string } = {}) => {
    const { request } = await import("node:http")
    return new Promise<{
      status: number
      headers: Readonly<Record<string, unknown>>
      length: number
    }>((resolve) => {
      const { host, method = "GET" } = init
      const sent = request(
        `${origin}${path}`,
        { method, headers: host === undefined ? {} : { host } },
        (answer) => {
          let length = 0
          answer.on("data", (chunk: Buffer) => {
            length += chunk.length
          })
          answer.on("end", () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, length })
          )
        }
      )
      sent.end()
    })
  }

  it("serves one page, and nothing else", async () => {
    const answer = await ask("/")
    expect([answer.status, answer.length]).toEqual([200, Buffer.byteLength(page)])
    expect(answer.headers["x-content-type-options"]).toBe("nosniff")
    expect((await ask("/", { method: "HEAD" })).length).toBe(0)
    expect((await ask("/package.json")).status).toBe(404)
    expect((await ask("/../../etc/passwd")).status).toBe(404)
    expect((await ask("/", { method: "POST" })).status).toBe(405)
  })

  it("does not answer a request that calls this machine by another name", async () => {
    expect((await ask("/", { host: "evil.example" })).status).toBe(403)
    expect((await ask("/", { host: "127.0.0.1.evil.example" })).status).toBe(403)
    expect((await ask("/", { host: "localhost:4747" })).status).toBe(200)
  })
})

describe.skipIf(!existsSync(chromiumPath))("in Chromium", () => {
  let browser: Browser
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "quorate-explorer-"))
    const flags =
      "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
    browser = await chromium.launch({ executablePath: chromiumPath, args: flags.split(" ") })
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /**
   * A page in a window of its own, with what went wrong in it, and what it asked the network for.
   */
  const visit = async (address: string, size = { width: 1000, height: 800 }) => {
    const context = await browser.newContext({ viewport: size })
    const tab = await context.newPage()
    const wrong: Array<string> = []
    const requests: Array<string> = []
    tab.on("pageerror", ({ message }) => wrong.push(message))
    tab.on("console", (message) => {
      if (message.type() === "error") wrong.push(message.text())
    })
    tab.on("request", (request) => {
      if (!/^(?:data|blob):/.test(request.url())) requests.push(request.url().replace(/#.*/, ""))
    })
    await tab.goto(address)
    await tab.locator(".nodes").waitFor()
    return { tab, wrong, requests, close: () => context.close() }
  }
  const settled = (tab: Page, steps: string) =>
    tab.waitForFunction(
      (wanted) => document.querySelector(".controls output")?.textContent === wanted,
      steps
    )

  it("opens a counterexample at its end, goes back, is left, is shared by its address, and is opened again", async () => {
    const { tab, wrong, requests, close } = await visit(`${origin}/`)
    await settled(tab, "27 / 27")
    expect(await tab.locator(".verdict.broken").first().innerText()).toMatch(
      /atomicity is broken since step 27/
    )
    expect(await tab.locator(".source .comment").innerText()).toContain("completes a majority")

    // Back to the state before, by the keyboard; the next step that is offered breaks atomicity.
    await tab.keyboard.press("ArrowLeft")
    await settled(tab, "26 / 27")
    expect(await tab.locator(".verdict.broken").count()).toBe(0)
    await tab.getByRole("button", { name: /breaks atomicity/ }).click()
    await settled(tab, "27 / 27")

    // Another step from further back leaves the run; a step of one's own is shareable.
    await tab.keyboard.press("Home")
    await settled(tab, "0 / 27")
    await tab.getByRole("button", { name: "c2 is asked to read", exact: true }).click()
    await settled(tab, "1 / 1")
    await tab.getByRole("button", { name: 's3 receives "get" from c2', exact: true }).click()
    await settled(tab, "2 / 2")
    const address = tab.url()
    const state = await tab.locator(".state").innerText()
    expect(requests).toEqual([`${origin}/`])
    expect(wrong).toEqual([])
    await close()

    const again = await visit(address)
    await settled(again.tab, "2 / 2")
    expect(await again.tab.locator(".state").innerText()).toBe(state)
    expect(again.wrong).toEqual([])
    await again.close()
  })

  it("works as a file, on a phone's width and at 400 % zoom, and finds the way to a goal", async () => {
    const file = join(folder, "index.html")
    writeFileSync(file, page)
    // 1280 pixels at 400 % are 320.
    const size = { width: 320, height: 640 }
    const { tab, wrong, close } = await visit(
      `${pathToFileURL(file)}#scenario=majority/write-read`,
      size
    )
    const tooWide = () => tab.evaluate(() => document.documentElement.scrollWidth > innerWidth)
    expect(await tooWide()).toBe(false)
    await tab.getByRole("tab", { name: "Ask" }).click()
    await tab.getByLabel(/Shortest way from here/).fill("c2 returns 1")
    await tab.getByRole("button", { name: "Search" }).click()
    await settled(tab, "15 / 15")
    expect(await tooWide()).toBe(false)
    for (const name of ["Source", "Steps", "Check", "States", "Compare", "Scenario"]) {
      await tab.getByRole("tab", { name }).click()
      expect(await tooWide(), name).toBe(false)
    }
    expect(wrong).toEqual([])
    await close()
  })

  it("opens a changed scenario, and says what is wrong with one", async () => {
    // A search that is under way for one scenario says nothing about the next.
    const { tab, close } = await visit(`${origin}/#scenario=rambo/as-written`)
    await tab.locator(".banner").waitFor()
    await tab.getByLabel("Scenario", { exact: true }).selectOption("majority/write")
    await tab.locator(".banner").waitFor({ state: "detached" })
    await tab.waitForURL(/#scenario=majority\/write$/)
    await settled(tab, "0 / 0")
    await tab.getByRole("tab", { name: "Scenario" }).click()
    const written = tab.locator("textarea")
    await written.fill(text.replace("write 1", "wriet 1"))
    await tab.getByRole("button", { name: "Open", exact: true }).click()
    expect(await tab.getByRole("alert").innerText()).toContain(
      'clients[0][1]: naive has no operation "wriet 1"'
    )
    await written.fill(text.replace('["read"]', '["write 2"]'))
    await tab.getByRole("button", { name: "Open", exact: true }).click()
    await tab.getByRole("button", { name: "c2 is asked to write 2", exact: true }).waitFor()
    expect(tab.url()).toContain("&text=")
    await close()
  })

  it.each(["lock.ts", "ring-election.ts"])(
    "runs a model of the user's, from a file as well: %s",
    async (name) => {
      const model = fileURLToPath(new URL(`../../../checker/examples/${name}`, import.meta.url))
      const modules = await Effect.runPromise(modulesOf(model))
      const exported = name === "lock.ts" ? "careless" : "mutant"
      const file = join(folder, "model.html")
      const start = { name, text: readFileSync(model, "utf8"), modules, exported }
      writeFileSync(file, openingWith(built, start))
      const { tab, wrong, requests, close } = await visit(pathToFileURL(file).href)
      await tab.locator(".verdict.broken").first().waitFor()
      expect(await tab.locator(".controls output").innerText()).toMatch(/^(\d+) \/ \1$/)
      const address = tab.url()
      await tab.reload()
      await tab.locator(".verdict.broken").first().waitFor()
      expect(tab.url()).toBe(address)
      expect([wrong, requests.length]).toEqual([[], 2])
      await close()
    }
  )

  it("has legible text on every ground, light or dark", async () => {
    const { tab, close } = await visit(`${origin}/`)
    await settled(tab, "27 / 27")
    for (const colorScheme of ["light", "dark"] as const) {
      await tab.emulateMedia({ colorScheme })
      const faint = await tab.evaluate(() => {
        const canvas = document
          .createElement("canvas")
          .getContext("2d", { willReadFrequently: true })
        /** The color that is seen when these lie on one another. */
        const seen = (colors: ReadonlyArray<string>): ReadonlyArray<number> => {
          if (canvas === null) return [0, 0, 0]
          for (const color of ["white", ...colors]) {
            canvas.fillStyle = color
            canvas.fillRect(0, 0, 1, 1)
          }
          return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
        }
        const luminance = (color: ReadonlyArray<number>) => {
          const [r = 0, g = 0, b = 0] = color.map((part) => {
            const share = part / 255
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
          })
          return 0.2126 * r + 0.7152 * g + 0.0722 * b
        }
        const grounds = (element: Element | null): ReadonlyArray<string> =>
          element === null
            ? []
            : [...grounds(element.parentElement), getComputedStyle(element).backgroundColor]
        return [
          ...document.querySelectorAll("#app *:not(svg *):not(option):not(optgroup)")
        ].flatMap((element) => {
          const hasText = [...element.childNodes].some(
            ({ nodeType, textContent }) => nodeType === 3 && textContent?.trim()
          )
          if (!hasText || (element instanceof HTMLButtonElement && element.disabled)) return []
          const ground = seen(grounds(element))
          const text = seen([...grounds(element), getComputedStyle(element).color])
          const [low, high] = [luminance(ground), luminance(text)].sort((a, b) => a - b) as [
            number,
            number
          ]
          const contrast = (high + 0.05) / (low + 0.05)
          return contrast < 4.5
            ? [`${element.className} ${element.textContent?.slice(0, 20)}: ${contrast.toFixed(2)}`]
            : []
        })
      })
      expect([colorScheme, faint]).toEqual([colorScheme, []])
    }
    await close()
  })
})
