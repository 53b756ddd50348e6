/**
 * The page: one scenario, one run, and a place on it. The address contains all of them, so anyone
 * who opens it sees the same.
 */
import { render } from "preact"
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks"
import type { Answer, Checked, Opened, Place, ScenarioText, View } from "../messages.ts"
import { type Address, readAddress, writeAddress } from "./address.ts"
import { AskPanel } from "./ask.tsx"
import { CheckPanel } from "./check.tsx"
import { type Ask, Client } from "./client.ts"
import { ComparePanel } from "./compare.tsx"
import { modelOf, shipped, start } from "./data.ts"
import { Lanes } from "./lanes.tsx"
import { ScenarioPanel } from "./scenario.tsx"
import { SourcePanel } from "./source.tsx"
import { State } from "./state.tsx"
import { StatesPanel } from "./states.tsx"
import { StepsPanel } from "./story.tsx"

const tabs = ["Source", "Steps", "Ask", "Check", "States", "Compare", "Scenario"] as const
type Tab = (typeof tabs)[number]

/**
 * What the address names: a shipped scenario by its name, any other by its text; otherwise what the
 * page was made for.
 */
const scenarioOf = ({ name, text }: Address): ScenarioText => {
  if (text !== undefined) return { name: name ?? "a scenario of your own", text }
  if (name === undefined || name === start.name) return start
  return shipped.find((one) => one.name === name) ?? { name, text: "" }
}

const isShipped = ({ name, text }: ScenarioText): boolean =>
  shipped.some((one) => one.name === name && one.text === text)

const App = () => {
  const client = useMemo(() => new Client(), [])
  const ask: Ask = useCallback((question, tell) => client.ask(question, tell), [client])
  const [scenario, setScenario] = useState<ScenarioText>(start)
  const [opened, setOpened] = useState<Opened | undefined>()
  const [view, setView] = useState<View | undefined>()
  const [loop, setLoop] = useState<number | undefined>()
  const [error, setError] = useState<string | undefined>()
  const [tab, setTab] = useState<Tab>("Source")
  const [kept, setKept] = useState<Place | undefined>()
  const [checked, setChecked] = useState<Checked | undefined>()
  const [progress, setProgress] = useState<Answer | undefined>()
  const [isChecking, setChecking] = useState(false)
  /** The number of the last requested view, and of the last opened scenario. */
  const latest = useRef(0)
  const opening = useRef(0)

  const show = useCallback(
    async (place: Place, shown: ScenarioText, itsLoop: number | undefined, isNew: boolean) => {
      const mine = ++latest.current
      const answer = await ask({ ask: "view", place })
      if (mine !== latest.current) return
      if (answer.tell === "refused") return setError(answer.message)
      if (answer.tell !== "view") return
      setView(answer)
      setLoop(itsLoop)
      if (answer.refused > 0)
        setError(
          `The run in the address has ${place.run.length} steps, and only the first ${answer.place.run.length} are possible: the scenario or the specification has changed since.`
        )
      const { run, at } = answer.place
      const isKnown = isShipped(shown) || modelOf(shown) !== undefined
      const own = isKnown ? {} : { text: shown.text }
      const address = writeAddress({
        text: undefined,
        ...own,
        name: shown.name,
        run,
        at,
        loop: itsLoop
      })
      if (address === location.hash) return
      if (isNew) history.pushState(null, "", address)
      else history.replaceState(null, "", address)
    },
    [ask]
  )

  const check = useCallback(async () => {
    const mine = opening.current
    setChecking(true)
    setChecked(undefined)
    const answer = await ask({ ask: "check" }, setProgress)
    // Results for a scenario that is no longer open do not apply to the open one.
    if (mine !== opening.current) return undefined
    setChecking(false)
    if (answer.tell === "checked") setChecked(answer)
    return answer.tell === "checked" ? answer : undefined
  }, [ask])

  /**
   * Opens a scenario at the place in the address, or where its course ends; one that is expected to
   * be violated, at the end of its counterexample.
   */
  const open = useCallback(
    async (wanted: ScenarioText, address: Address | undefined) => {
      const mine = ++opening.current
      setError(undefined)
      setChecking(false)
      setChecked(undefined)
      setKept(undefined)
      setScenario(wanted)
      if (wanted.text === "") {
        setOpened(undefined)
        setView(undefined)
        setTab("Scenario")
        return setError(
          `There is no scenario "${wanted.name}" in this page. Choose one, or write one of your own.`
        )
      }
      const model = modelOf(wanted)
      const answer = await ask({
        ...{ ask: "open", name: wanted.name, text: wanted.text },
        ...(model === undefined ? {} : { model })
      })
      if (mine !== opening.current) return
      if (answer.tell !== "opened") {
        setOpened(undefined)
        setView(undefined)
        setTab("Scenario")
        return setError(
          answer.tell === "refused" ? answer.message : "The scenario cannot be opened."
        )
      }
      setOpened(answer)
      document.title = `${wanted.name} – Quorate explorer`
      const isPlaced = address !== undefined && address.run.length > 0
      const place = isPlaced
        ? { run: address.run, at: address.at }
        : { run: answer.course, at: answer.course.length }
      await show(place, wanted, address?.loop, address === undefined)
      if (mine !== opening.current || isPlaced || !answer.looksForViolation) return
      const shown = latest.current
      const found = (await check())?.properties.find(
        ({ counterexample }) => counterexample !== undefined
      )
      const counterexample = found?.counterexample
      // A user who has moved elsewhere meanwhile stays there; the tab Check has the run.
      if (counterexample !== undefined && shown === latest.current)
        await show(
          { run: counterexample.run, at: counterexample.run.length },
          wanted,
          counterexample.loop,
          false
        )
    },
    [ask, check, show]
  )

  useEffect(() => {
    const follow = () => {
      const address = readAddress(location.hash)
      open(scenarioOf(address), address)
    }
    follow()
    addEventListener("popstate", follow)
    return () => removeEventListener("popstate", follow)
  }, [open])

  const go = useCallback(
    (place: Place, itsLoop?: number) => {
      setError(undefined)
      show(place, scenario, itsLoop, false)
    },
    [scenario, show]
  )
  const jump = useCallback(
    (at: number) => {
      if (view !== undefined && at >= 0 && at <= view.place.run.length)
        go({ run: view.place.run, at }, loop)
    },
    [view, loop, go]
  )
  const take = useCallback(
    (code: string) => {
      if (view === undefined) return
      const { run, at } = view.place
      // If the run takes this step next anyway, only move on.
      if (run[at] === code) return jump(at + 1)
      go({ run: [...run.slice(0, at), code], at: at + 1 })
    },
    [view, go, jump]
  )
  useKeys(view, jump, take)

  return (
    <>
      <Header
        scenario={scenario}
        opened={opened}
        onChoose={(name) => {
          const chosen = shipped.find((one) => one.name === name)
          if (chosen !== undefined) open(chosen, undefined)
        }}
      />
      {error !== undefined && (
        <p class="error" role="alert">
          {error}{" "}
          <button type="button" onClick={() => setError(undefined)}>
            Dismiss
          </button>
        </p>
      )}
      {isChecking && (
        <p class="banner" role="status">
          Looking for a violation …{" "}
          {progress?.tell === "progress" && `${progress.states.toLocaleString("en")} states`}{" "}
          <button type="button" onClick={() => ask({ ask: "stop" })}>
            Stop
          </button>
        </p>
      )}
      <main>
        {view !== undefined && (
          <>
            <section class="run" aria-label="Run">
              <Controls view={view} onJump={jump} />
              <Lanes view={view} loop={loop} onJump={jump} onTake={take} />
            </section>
            <section class="now-state" aria-label="State">
              <State view={view} loop={loop} violated={violatedBy(view, checked)} />
            </section>
          </>
        )}
        <section class={view === undefined ? "more alone" : "more"} aria-label="More">
          <Tabs chosen={tab} onChoose={setTab} />
          <div class="panel" role="tabpanel" id="panel" aria-labelledby={`tab-${tab}`}>
            {tab === "Source" && view !== undefined && (
              <SourcePanel calls={view.calls} own={view.source} />
            )}
            {tab === "Steps" && view !== undefined && <StepsPanel view={view} onGo={go} />}
            {tab === "Ask" && view !== undefined && opened !== undefined && (
              <AskPanel key={scenario.text} view={view} opened={opened} ask={ask} onGo={go} />
            )}
            {tab === "Check" && opened !== undefined && (
              <CheckPanel
                {...{ opened, checked, progress, ask }}
                isRunning={isChecking}
                onCheck={check}
                onGo={go}
              />
            )}
            {tab === "States" && view !== undefined && (
              <StatesPanel key={scenario.text} view={view} ask={ask} onGo={go} />
            )}
            {tab === "Compare" && view !== undefined && (
              <ComparePanel view={view} ask={ask} onGo={go} kept={kept} onKeep={setKept} />
            )}
            {tab === "Scenario" && (
              <ScenarioPanel
                isModel={modelOf(scenario) !== undefined}
                opened={opened}
                text={scenario.text === "" ? start.text : scenario.text}
                onOpen={(text) => open({ name: ownName(scenario.name), text }, undefined)}
              />
            )}
          </div>
        </section>
      </main>
    </>
  )
}

/** The property to which the run is a counterexample, at the end of the run. */
const violatedBy = ({ place: { run, at } }: View, checked: Checked | undefined) => {
  if (at < run.length) return undefined
  const isRun = (codes: ReadonlyArray<string>) => codes.join("") === run.join("")
  const found = checked?.properties.find(
    ({ counterexample }) => counterexample !== undefined && isRun(counterexample.run)
  )
  const { reason, explanation } = found?.counterexample ?? { reason: "", explanation: "" }
  return (
    found && {
      name: found.name,
      why: explanation === "" ? `${reason}.` : `${reason}. ${explanation}`
    }
  )
}

/** A changed scenario is no longer the shipped one. */
const ownName = (name: string): string =>
  shipped.some((one) => one.name === name) ? `${name} (changed)` : name

const useKeys = (
  view: View | undefined,
  jump: (at: number) => void,
  take: (code: string) => void
) => {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { key, target, ctrlKey, metaKey, altKey } = event
      const isTyping =
        target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
      const isInTabs = target instanceof HTMLElement && target.getAttribute("role") === "tab"
      if (view === undefined || isTyping || isInTabs || ctrlKey || metaKey || altKey) return
      const { at, run } = view.place
      const steps = view.enabled.filter(({ hasEffect, isSpoken }) => hasEffect && !isSpoken)
      const moves: Readonly<Record<string, number>> = {
        ArrowLeft: at - 1,
        ArrowRight: at + 1,
        Home: 0,
        End: run.length
      }
      const move = moves[key]
      const step = /^[1-9]$/.test(key) ? steps[Number(key) - 1] : undefined
      if (move !== undefined) jump(move)
      else if (step !== undefined) take(step.code)
      else return
      event.preventDefault()
    }
    addEventListener("keydown", press)
    return () => removeEventListener("keydown", press)
  }, [view, jump, take])
}

interface HeaderProps {
  readonly scenario: ScenarioText
  readonly opened: Opened | undefined
  readonly onChoose: (name: string) => void
}

const Header = ({ scenario, opened, onChoose }: HeaderProps) => {
  const folders = useMemo(() => [...new Set(shipped.map(({ name }) => folderOf(name)))], [])
  const isListed = shipped.some(({ name }) => name === scenario.name)
  return (
    <header>
      <h1>
        Quorate <span>explorer</span>
      </h1>
      <select
        aria-label="Scenario"
        value={scenario.name}
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
      >
        {!isListed && <option value={scenario.name}>{scenario.name}</option>}
        {folders.map((folder) => (
          <optgroup key={folder} label={folder}>
            {shipped
              .filter(({ name }) => folderOf(name) === folder)
              .map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      <p class="about">{opened?.description ?? opened?.protocol.about}</p>
    </header>
  )
}

const folderOf = (name: string): string => name.split("/").slice(0, -1).join("/")

interface ControlsProps {
  readonly view: View
  readonly onJump: (at: number) => void
}

const Controls = ({ view, onJump }: ControlsProps) => {
  const { at, run } = view.place
  const [isCopied, setCopied] = useState(false)
  const share = async () => {
    try {
      await navigator.clipboard.writeText(location.href)
      setCopied(true)
      setTimeout(() => setCopied(false), 1500)
    } catch {
      prompt("The address of this place:", location.href)
    }
  }
  return (
    <div class="controls">
      <button
        type="button"
        onClick={() => onJump(0)}
        disabled={at === 0}
        aria-label="To the beginning"
        title="Home"
      >
        <Icon name="first" />
      </button>
      <button
        type="button"
        onClick={() => onJump(at - 1)}
        disabled={at === 0}
        aria-label="Back"
        title="←"
      >
        <Icon name="back" />
      </button>
      <button
        type="button"
        onClick={() => onJump(at + 1)}
        disabled={at === run.length}
        aria-label="Forward"
        title="→"
      >
        <Icon name="forward" />
      </button>
      <button
        type="button"
        onClick={() => onJump(run.length)}
        disabled={at === run.length}
        aria-label="To the end"
        title="End"
      >
        <Icon name="last" />
      </button>
      <input
        type="range"
        min={0}
        max={run.length}
        value={at}
        aria-label="Step"
        onInput={({ currentTarget }) => onJump(Number(currentTarget.value))}
      />
      <output>
        {at} / {run.length}
      </output>
      <button type="button" onClick={share} title="Copy the address, which holds the run">
        {isCopied ? "Copied" : "Share"}
      </button>
    </div>
  )
}

const icons = {
  first: "M4,3 V13 M13,3 L6,8 L13,13 Z",
  back: "M12,3 L5,8 L12,13 Z",
  forward: "M4,3 L11,8 L4,13 Z",
  last: "M12,3 V13 M3,3 L10,8 L3,13 Z"
} as const

const Icon = ({ name }: { readonly name: keyof typeof icons }) => (
  <svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    <path d={icons[name]} />
  </svg>
)

const Tabs = ({
  chosen,
  onChoose
}: {
  readonly chosen: Tab
  readonly onChoose: (tab: Tab) => void
}) => (
  <div
    class="tabs"
    role="tablist"
    onKeyDown={(event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
      if (by === undefined) return
      const next = tabs[(tabs.indexOf(chosen) + by + tabs.length) % tabs.length] as Tab
      onChoose(next)
      document.getElementById(`tab-${next}`)?.focus()
      event.preventDefault()
    }}
  >
    {tabs.map((tab) => (
      <button
        type="button"
        role="tab"
        key={tab}
        id={`tab-${tab}`}
        aria-selected={tab === chosen}
        aria-controls="panel"
        tabIndex={tab === chosen ? 0 : -1}
        onClick={() => onChoose(tab)}
      >
        {tab}
      </button>
    ))}
  </div>
)

const root = document.getElementById("app") as HTMLElement
root.replaceChildren()
render(<App />, root)
