/**
 * What can be asked besides the next step: the run in sentences, shortest ways, verdicts, states, the
 * difference of two runs, and the scenario itself.
 */
import type { ComponentChildren } from "preact"
import { useEffect, useId, useState } from "preact/hooks"
import type {
  Answer,
  Checked,
  Comparison,
  GraphFound,
  GraphPicture,
  Opened,
  Place,
  View
} from "../messages.ts"
import type { Term } from "../terms.ts"
import type { Ask } from "./main.tsx"

interface Common {
  readonly view: View
  readonly ask: Ask
  readonly onGo: (place: Place, loop?: number) => void
}

/** The run in sentences, each of which can be gone to. */
export const StepsPanel = ({ view, onGo }: Pick<Common, "view" | "onGo">) => {
  const { steps, place } = view
  if (steps.length === 0)
    return <p class="muted">No step has been taken. The steps that are possible stand under the lanes.</p>
  return (
    <ol class="story">
      {steps.map(({ number, sentence, breaks }) => (
        <li key={number} class={number > place.at ? "future" : ""}>
          <button
            type="button"
            aria-current={number === place.at ? "step" : undefined}
            class={breaks.length > 0 ? "sentence broken" : "sentence"}
            onClick={() => onGo({ run: place.run, at: number })}
          >
            {sentence}
            {breaks.length > 0 && <b> Breaks {breaks.join(", ")}.</b>}
          </button>
        </li>
      ))}
    </ol>
  )
}

/** Something that takes a while: what is said while it goes on, and how it is stopped. */
const useLong = (ask: Ask) => {
  const [answer, setAnswer] = useState<Answer | undefined>()
  const [isRunning, setRunning] = useState(false)
  const begin = async (question: Parameters<Ask>[0]) => {
    setRunning(true)
    setAnswer(undefined)
    const last = await ask(question, setAnswer)
    setAnswer(last)
    setRunning(false)
    return last
  }
  const forget = () => setAnswer(undefined)
  return { answer, isRunning, begin, stop: () => ask({ ask: "stop" }), forget }
}

const Running = ({
  answer,
  onStop
}: {
  readonly answer: Answer | undefined
  readonly onStop: () => void
}) => (
  <p class="running" role="status">
    {answer?.tell === "progress"
      ? `${counted(answer.states, "state")}, ${counted(answer.depth, "step")} deep …`
      : "Searching …"}{" "}
    <button type="button" onClick={onStop}>
      Stop
    </button>
  </p>
)

const counted = (count: number, what: string): string =>
  `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`

interface AskProps extends Common {
  readonly opened: Opened
}

export const AskPanel = (props: AskProps) => (
  <>
    <WayTo {...props} />
    <StillPossible {...props} />
    <p class="muted">Searches begin at the state that is shown, and stop after a million states.</p>
  </>
)

const WayTo = ({ view, opened, ask, onGo }: AskProps) => {
  const [goal, setGoal] = useState("")
  const [origin, setOrigin] = useState(0)
  const { answer, isRunning, begin, stop } = useLong(ask)
  const list = useId()
  const submit = async (event: Event) => {
    event.preventDefault()
    setOrigin(view.place.at)
    const found = await begin({ ask: "way", place: view.place, goal: goal.trim() })
    if (found.tell === "way" && found.found) onGo(found.place)
  }
  return (
    <form onSubmit={submit}>
      <h3>
        <label for={`${list}-goal`}>Shortest way from here to a state where …</label>
      </h3>
      <div class="row">
        <input
          id={`${list}-goal`}
          list={list}
          value={goal}
          onInput={({ currentTarget }) => setGoal(currentTarget.value)}
          placeholder={`${view.nodes.find(({ isAsked }) => !isAsked)?.id ?? "s1"}.pair.value = 1`}
          autocomplete="off"
          spellcheck={false}
        />
        <button type="submit" class="main" disabled={isRunning}>
          Search
        </button>
      </div>
      <datalist id={list}>
        {suggestions(view, opened).map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <p class="hint">
        A field (<code>s1.pair.value = 1</code>, <code>some server.pair = 1@1.c1</code>,{" "}
        <code>c1.activity is Setting</code>), a step (<code>server receives Set</code>,{" "}
        <code>c2 returns 1</code>) or a property (<code>atomicity is broken</code>); several with{" "}
        <code>and</code>.
      </p>
      {isRunning && <Running answer={answer} onStop={stop} />}
      {!isRunning && answer?.tell === "refused" && <p class="verdict broken">{answer.message}</p>}
      {!isRunning && answer?.tell === "way" && (
        <p class={answer.found ? "verdict kept" : "verdict open"} role="status">
          {answer.found
            ? `${counted(answer.place.at - origin, "step")} on; no shorter way exists. (${counted(answer.states, "state")} visited.)`
            : answer.isExhaustive
              ? `No state that can be reached from there is like that: all ${counted(answer.states, "state")} were visited.`
              : `Not found within ${counted(answer.states, "state")}, ${counted(answer.depth, "step")} deep. It is still open.`}
        </p>
      )}
    </form>
  )
}

/** Goals that one may want, by what is in the state and can happen. */
const suggestions = (view: View, opened: Opened): ReadonlyArray<string> => [
  ...opened.properties.filter(({ kind }) => kind === "safety").map(({ name }) => `${name} is broken`),
  ...opened.nodes.filter(({ isAsked }) => isAsked).map(({ id }) => `${id} returns`),
  ...view.nodes.flatMap(({ id, state }) => (state === undefined ? [] : leaves(id, state)))
]

const leaves = (path: string, { text, fields }: Term): ReadonlyArray<string> =>
  fields === undefined
    ? [`${path} = ${text}`]
    : [
        ...(text === "" || path.split(".").length === 1 ? [] : [`${path} is ${text}`]),
        ...fields.flatMap(({ name, term }) => leaves(`${path}.${name}`, term))
      ]

const StillPossible = ({ view, opened, ask, onGo }: AskProps) => {
  const safety = opened.properties.filter(({ kind }) => kind === "safety" || kind === "deadlock")
  const [property, setProperty] = useState(safety[0]?.name ?? "")
  const { answer, isRunning, begin, stop } = useLong(ask)
  const id = useId()
  const submit = (event: Event) => {
    event.preventDefault()
    begin({ ask: "possible", place: view.place, property })
  }
  const found = answer?.tell === "possible" ? answer : undefined
  return (
    <form onSubmit={submit}>
      <h3>
        <label for={id}>Can it still be violated from here?</label>
      </h3>
      <div class="row">
        <select id={id} value={property} onChange={({ currentTarget }) => setProperty(currentTarget.value)}>
          {safety.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <button type="submit" class="main" disabled={isRunning}>
          Find out
        </button>
      </div>
      {isRunning && <Running answer={answer} onStop={stop} />}
      {!isRunning && answer?.tell === "refused" && <p class="verdict broken">{answer.message}</p>}
      {!isRunning && found !== undefined && (
        <p
          class={`verdict ${found.answer === "cannot be violated" ? "kept" : found.answer === "open" ? "open" : "broken"}`}
        >
          {possibleInWords(found)}{" "}
          {found.place !== undefined && (
            <button type="button" onClick={() => onGo(found.place as Place)}>
              Show the run
            </button>
          )}
        </p>
      )}
    </form>
  )
}

const possibleInWords = (found: Extract<Answer, { tell: "possible" }>): string => {
  const { property, answer, states, depth, reductions } = found
  const how = reductions.length === 0 ? "" : `, with the reductions ${reductions.join(", ")}`
  switch (answer) {
    case "broken already":
      return `${property} is broken here already.`
    case "can be violated":
      return `Yes: ${property} can be violated from here.`
    case "cannot be violated":
      return `No: whatever happens from here, ${property} is kept. (All ${counted(states, "state")} were visited${how}.)`
    case "open":
      return `Open: no violation within ${counted(states, "state")}, ${counted(depth, "step")} deep.`
  }
}

interface CheckProps extends Pick<Common, "ask" | "onGo"> {
  readonly opened: Opened
  readonly checked: Checked | undefined
  readonly progress: Answer | undefined
  readonly isRunning: boolean
  readonly onCheck: () => void
}

export const CheckPanel = ({ opened, checked, progress, isRunning, onCheck, ask, onGo }: CheckProps) => (
  <>
    <p>
      Every run of the scenario within its bounds is searched, here in the page.{" "}
      <button type="button" class="main" disabled={isRunning} onClick={onCheck}>
        Check
      </button>
    </p>
    {opened.bounds.length > 0 && <p class="muted">Bounds: {opened.bounds.join("; ")}.</p>}
    {isRunning && <Running answer={progress} onStop={() => ask({ ask: "stop" })} />}
    {checked !== undefined && !isRunning && <Verdicts checked={checked} onGo={onGo} />}
  </>
)

const Verdicts = ({ checked, onGo }: { readonly checked: Checked; readonly onGo: Common["onGo"] }) => {
  const { verdict, states, properties, reductions, actions, remarks, isExhaustive } = checked
  return (
    <>
      <p
        class={`verdict ${verdict === "holds" ? "kept" : verdict === "violated" ? "broken" : "open"}`}
        role="status"
      >
        {verdict}: {counted(states, "state")}
        {isExhaustive ? ", all of them" : " visited"}
        {reductions.length === 0 ? "" : `, with the reductions ${reductions.join(", ")}`}.
      </p>
      <ul class="plain verdicts">
        {properties.map(({ name, verdict: one, expected, counterexample }) => (
          <li key={name}>
            <b>{name}</b> <span class={`mark ${one}`}>{one}</span>
            {expected !== undefined && one !== expected && <> (expected: {expected})</>}
            {counterexample !== undefined && (
              <>
                {" "}
                <button
                  type="button"
                  onClick={() =>
                    onGo({ run: counterexample.run, at: counterexample.run.length }, counterexample.loop)
                  }
                >
                  Open the run of {counted(counterexample.run.length, "step")}
                </button>
                <p>
                  {counterexample.explanation === ""
                    ? `${counterexample.reason}.`
                    : counterexample.explanation}
                </p>
              </>
            )}
          </li>
        ))}
      </ul>
      {remarks.length > 0 && (
        <ul class="plain muted">
          {remarks.map((remark) => (
            <li key={remark}>{remark}</li>
          ))}
        </ul>
      )}
      <Actions actions={actions} title="Coverage: how often each action was taken in the search" />
    </>
  )
}

const Actions = ({
  actions,
  title
}: {
  readonly actions: ReadonlyArray<readonly [string, number]>
  readonly title: string
}) => {
  const most = Math.max(1, ...actions.map(([, count]) => count))
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <table class="counts">
        <tbody>
          {actions.map(([name, count]) => (
            <tr key={name}>
              <th>{name}</th>
              <td>{count.toLocaleString("en")}</td>
              <td class="bar">
                <meter min={0} max={most} value={count} title={`${count} of at most ${most}`} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}

export const StatesPanel = ({ view, ask, onGo }: Common) => {
  const { answer, isRunning, begin, stop } = useLong(ask)
  const [origin, setOrigin] = useState<Place>(view.place)
  const graph = answer?.tell === "graph" ? answer : undefined
  const find = (place: Place) => {
    setOrigin(place)
    begin({ ask: "graph", place })
  }
  return (
    <>
      <p class="row">
        <button type="button" class="main" disabled={isRunning} onClick={() => find(view.place)}>
          States from here
        </button>
        <button type="button" disabled={isRunning} onClick={() => find({ run: [], at: 0 })}>
          From the beginning
        </button>
      </p>
      {isRunning && <Running answer={answer} onStop={stop} />}
      {graph !== undefined && !isRunning && (
        <Found
          graph={graph}
          onState={(run) =>
            onGo({ run: [...origin.run.slice(0, origin.at), ...run], at: origin.at + run.length })
          }
        />
      )}
      {graph === undefined && !isRunning && (
        <p class="muted">
          Few states are drawn, each of which can be gone to; many are counted by how far away they are.
        </p>
      )}
    </>
  )
}

interface FoundProps {
  readonly graph: GraphFound
  readonly onState: (run: ReadonlyArray<string>) => void
}

const Found = ({ graph: { byDepth, isExhaustive, picture, actions }, onState }: FoundProps) => {
  const all = byDepth.reduce((sum, count) => sum + count, 0)
  return (
    <>
      <p role="status">
        {isExhaustive
          ? `${counted(all, "state")}: that is all.`
          : `The first ${counted(all, "state")}; there are more.`}
      </p>
      {picture !== undefined ? (
        <>
          <GraphLegend />
          <GraphView picture={picture} onState={onState} />
        </>
      ) : (
        <Depths byDepth={byDepth} />
      )}
      <Actions actions={actions} title="Steps between these states" />
    </>
  )
}

const Depths = ({ byDepth }: { readonly byDepth: ReadonlyArray<number> }) => (
  <Actions
    title="States by how many steps away they are"
    actions={byDepth.map((count, depth) => [counted(depth, "step"), count] as const)}
  />
)

const across = 46
const down = 13

const GraphLegend = () => (
  <p class="hint">
    A step goes from left to right or back. Green: every operation has returned. Red: a property is broken.
    Amber: no step is possible.
  </p>
)

const GraphView = ({
  picture,
  onState
}: {
  readonly picture: GraphPicture
  readonly onState: FoundProps["onState"]
}) => {
  const { states, edges } = picture
  const places = layout(picture)
  const width = Math.max(...places.map(({ x }) => x)) + 24
  const height = Math.max(...places.map(({ y }) => y)) + 24
  return (
    <div class="scroll graph">
      {/* biome-ignore lint/a11y/useSemanticElements: a picture whose parts are buttons */}
      <svg
        viewBox={`0 0 ${width} ${height}`}
        style={{ minWidth: `${width / 2}px` }}
        role="group"
        aria-label={`${states.length} states`}
      >
        {edges.map(([from, to, action]) => {
          const [a, b] = [places[from], places[to]]
          return a === undefined || b === undefined ? null : (
            <line key={`${from} ${to} ${action}`} x1={a.x} y1={a.y} x2={b.x} y2={b.y}>
              <title>{action}</title>
            </line>
          )
        })}
        {states.map(({ run, depth, mark }, number) => {
          const { x, y } = places[number] as (typeof places)[number]
          const go = () => onState(run)
          return (
            // biome-ignore lint/a11y/useSemanticElements: a button inside a picture
            <circle
              key={run.join("")}
              class={`state ${mark ?? ""}`}
              cx={x}
              cy={y}
              r={number === 0 ? 6.5 : 4.5}
              tabIndex={0}
              role="button"
              aria-label={`state ${number}, ${counted(depth, "step")} away${mark === undefined ? "" : `, ${mark}`}`}
              onClick={go}
              onKeyDown={({ key }) => {
                if (key === "Enter") go()
              }}
            >
              <title>{`${counted(depth, "step")} away${mark === undefined ? "" : `: ${mark}`}`}</title>
            </circle>
          )
        })}
      </svg>
    </div>
  )
}

/** A column per depth; in it, states in the order of the middle of those that lead to them. */
const layout = ({ states, edges }: GraphPicture) => {
  const rows: Array<number> = []
  const depths = Math.max(...states.map(({ depth }) => depth))
  const sizes = Array.from(
    { length: depths + 1 },
    (_, depth) => states.filter((one) => one.depth === depth).length
  )
  const tallest = Math.max(...sizes)
  for (let depth = 0; depth <= depths; depth++) {
    const own = states.flatMap((one, number) => (one.depth === depth ? [number] : []))
    const middle = (number: number) => {
      const from = edges.flatMap(([one, to]) =>
        to === number && rows[one] !== undefined ? [rows[one] as number] : []
      )
      return from.reduce((sum, row) => sum + row, 0) / Math.max(1, from.length)
    }
    const ordered = [...own].sort((left, right) => middle(left) - middle(right))
    const above = (tallest - own.length) / 2
    ordered.forEach((number, place) => {
      rows[number] = above + place
    })
  }
  return states.map(({ depth }, number) => ({ x: 16 + depth * across, y: 16 + (rows[number] ?? 0) * down }))
}

interface CompareProps extends Common {
  readonly kept: Place | undefined
  readonly onKeep: (place: Place) => void
}

export const ComparePanel = ({ view, ask, onGo, kept, onKeep }: CompareProps) => {
  const [comparison, setComparison] = useState<Comparison | undefined>()
  const { run, at } = view.place
  const key = `${kept?.run.join("")} ${kept?.at} ${run.join("")} ${at}`
  useEffect(() => {
    if (kept === undefined) return
    ask({ ask: "compare", left: kept, right: view.place }).then((answer) => {
      if (answer.tell === "compare") setComparison(answer)
    })
  }, [key])
  return (
    <>
      <p class="row">
        <button type="button" class="main" onClick={() => onKeep(view.place)}>
          Keep this place
        </button>
        {kept !== undefined && (
          <button type="button" onClick={() => onGo(kept)}>
            Go to the kept one
          </button>
        )}
      </p>
      {kept === undefined ? (
        <p class="muted">Keep a place, go anywhere else, and see here in what the two differ.</p>
      ) : (
        comparison !== undefined && <Compared comparison={comparison} />
      )}
    </>
  )
}

const Compared = ({ comparison }: { readonly comparison: Comparison }) => {
  const { shared, sameSteps, onlyLeft, onlyRight, differences } = comparison
  return (
    <>
      <p>
        Both begin with the same {counted(shared, "step")}.
        {sameSteps && " They take the same steps, whatever the order."}
      </p>
      <Only title="Only in the kept run" steps={onlyLeft} />
      <Only title="Only in this run" steps={onlyRight} />
      {differences.length === 0 ? (
        <p class="verdict kept">The two states are the same.</p>
      ) : (
        <div class="scroll">
          <table class="differences">
            <thead>
              <tr>
                <th>where</th>
                <th>kept</th>
                <th>here</th>
              </tr>
            </thead>
            <tbody>
              {differences.map(({ place, left, right }) => (
                <tr key={place}>
                  <th>{place}</th>
                  <td>{left === "" ? "–" : left}</td>
                  <td>{right === "" ? "–" : right}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

const Only = ({ title, steps }: { readonly title: string; readonly steps: ReadonlyArray<string> }) =>
  steps.length === 0 ? null : (
    <details open={steps.length < 8}>
      <summary>
        {title} ({steps.length})
      </summary>
      <ul class="plain">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
    </details>
  )

interface ScenarioProps {
  readonly opened: Opened | undefined
  readonly text: string
  readonly children?: ComponentChildren
  readonly onOpen: (text: string) => void
}

export const ScenarioPanel = ({ opened, text, onOpen }: ScenarioProps) => {
  const [edited, setEdited] = useState(text)
  useEffect(() => setEdited(text), [text])
  const id = useId()
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onOpen(edited)
      }}
    >
      {opened !== undefined && (
        <p>
          <b>{opened.protocol.name}</b>: {opened.protocol.about}
        </p>
      )}
      <label for={id}>
        The scenario. Change it and open it again: whatever is checked or explored then is yours.
      </label>
      <textarea
        id={id}
        rows={18}
        value={edited}
        spellcheck={false}
        onInput={({ currentTarget }) => setEdited(currentTarget.value)}
      />
      <button type="submit" class="main" disabled={opened !== undefined && edited === text}>
        Open
      </button>
    </form>
  )
}
