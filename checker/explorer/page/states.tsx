/**
 * The states around a place: drawn if there are few, counted by their distance if there are many.
 */
import { useState } from "preact/hooks"
import type { GraphFound, GraphPicture, Place } from "../messages.ts"
import { Counts, counted, type PanelProps, Running, useLong } from "./long.tsx"

export const StatesPanel = ({ view, ask, onGo }: PanelProps) => {
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
          Few states are drawn, each of which can be gone to; many are counted by how far away they
          are.
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
      <Counts actions={actions} title="Steps between these states" />
    </>
  )
}

const Depths = ({ byDepth }: { readonly byDepth: ReadonlyArray<number> }) => (
  <Counts
    title="States by how many steps away they are"
    actions={byDepth.map((count, depth) => [counted(depth, "step"), count] as const)}
  />
)

const across = 46
const down = 13

const GraphLegend = () => (
  <p class="hint">
    A step goes from left to right or back. Green: every operation has returned. Red: a property is
    broken. Amber: no step is possible.
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
        style={{ minWidth: `${width / 2}px`, maxWidth: `${width * 2}px` }}
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

/**
 * A column per depth; within it, each state is placed by the mean position of the states that lead
 * to it.
 */
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
  return states.map(({ depth }, number) => ({
    x: 16 + depth * across,
    y: 16 + (rows[number] ?? 0) * down
  }))
}
