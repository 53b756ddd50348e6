/**
 * The picture of a run: a lane per node, time from top to bottom, a row per step. A message is an
 * arrow from the step that sends it to the one in which it is received.
 */
import type { JSX } from "preact"
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import type { Arrow, EnabledView, NodeView, StepView, View } from "../messages.ts"

const rowHeight = 28
const gutter = 58
const narrowestLane = 74
const widestLane = 190
/** The one lane of a model has room for the changes of each step. */
const widestLaneAlone = 640
/** About the width of a character of a label. */
const characterWidth = 6.4

interface Props {
  readonly view: View
  readonly loop: number | undefined
  readonly onJump: (at: number) => void
  readonly onTake: (code: string) => void
}

export const Lanes = ({ view, loop, onJump, onTake }: Props) => {
  const scroller = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const measure = () => setWidth(element.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const nodes = inOrder(view.nodes)
  const lane = Math.max(
    narrowestLane,
    Math.min(
      nodes.length === 1 ? widestLaneAlone : widestLane,
      Math.floor((width - gutter) / nodes.length)
    )
  )
  const { at, run } = view.place
  useEffect(() => {
    const element = scroller.current
    const row = element?.querySelector(".now")
    if (!(row instanceof Element) || element === null || element === undefined) return
    const top = Number(row.getAttribute("data-y"))
    const head = element.querySelector<HTMLElement>(".lane-heads")?.offsetHeight ?? 0
    const foot = element.querySelector<HTMLElement>(".lane-steps")?.offsetHeight ?? 0
    const room = element.clientHeight - head - foot
    const isAbove = top - rowHeight < element.scrollTop
    const isBelow = top + rowHeight > element.scrollTop + room
    if (isAbove || isBelow) element.scrollTop = Math.max(0, top - room + 2 * rowHeight)
    const acting = gutter + lane * nodes.findIndex(({ isActing }) => isActing)
    if (acting < gutter) return
    const isLeft = acting < element.scrollLeft + gutter
    const isRight = acting + lane > element.scrollLeft + element.clientWidth
    if (isLeft || isRight) element.scrollLeft = Math.max(0, acting + lane - element.clientWidth / 2)
  }, [at, run])
  const columns = { gridTemplateColumns: `${gutter}px repeat(${nodes.length}, ${lane}px)` }
  return (
    // biome-ignore lint/a11y/useSemanticElements: no element groups a picture with its buttons
    <div
      class="lanes"
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      role="group"
      aria-label="The run, a lane per node"
    >
      <div class="lane-heads" style={columns}>
        <span class="muted">step</span>
        {nodes.map((node) => (
          <span key={node.id} class={node.fault === undefined ? "lane-head" : "lane-head faulty"}>
            <b>{node.id}</b> <small>{node.fault ?? node.role}</small>
          </span>
        ))}
      </div>
      <Picture view={view} nodes={nodes} lane={lane} loop={loop} onJump={onJump} />
      <NextSteps view={view} nodes={nodes} columns={columns} onTake={onTake} />
    </div>
  )
}

/**
 * Half of the clients, the nodes that invoke no operations, the other clients: this keeps arrows
 * short.
 */
const inOrder = (nodes: ReadonlyArray<NodeView>): ReadonlyArray<NodeView> => {
  const clients = nodes.filter(({ isAsked }) => isAsked)
  const half = Math.ceil(clients.length / 2)
  return [
    ...clients.slice(0, half),
    ...nodes.filter(({ isAsked }) => !isAsked),
    ...clients.slice(half)
  ]
}

interface PictureProps extends Pick<Props, "view" | "loop" | "onJump"> {
  readonly nodes: ReadonlyArray<NodeView>
  readonly lane: number
}

const Picture = ({ view, nodes, lane, loop, onJump }: PictureProps) => {
  const { steps, arrows, intervals, place } = view
  const width = gutter + lane * nodes.length
  const height = (steps.length + 1) * rowHeight + 14
  // Next to the line of a single lane there is room for words on one side.
  const middle = nodes.length === 1 ? Math.min(0.5, 16 / lane) : 0.5
  const x = (id: string) => gutter + lane * (nodes.findIndex((node) => node.id === id) + middle)
  const y = (step: number) => step * rowHeight + rowHeight / 2
  const endOf = (id: string) => {
    const fall = steps.find(({ node, kind }) => node === id && kind === "fault")
    return fall === undefined ? height : y(fall.number)
  }
  const isPast = (step: number) => step <= place.at
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={summary(view)}
    >
      <defs>
        {["past", "waiting", "spoken"].map((kind) => (
          <marker
            key={kind}
            id={`head-${kind}`}
            class={`head ${kind}`}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path d="M0,0.5 L8,4 L0,7.5 Z" />
          </marker>
        ))}
      </defs>
      <rect
        class="now"
        data-y={y(place.at)}
        x="0"
        y={y(place.at) - 14}
        width={width}
        height={rowHeight}
        rx="5"
      />
      {nodes.map(({ id }) => (
        <g key={id}>
          <line class="lane" x1={x(id)} x2={x(id)} y1="0" y2={endOf(id)} />
          {endOf(id) < height && (
            <line class="lane gone" x1={x(id)} x2={x(id)} y1={endOf(id)} y2={height} />
          )}
        </g>
      ))}
      {intervals.map((interval) => (
        <rect
          key={`${interval.client} ${interval.begin}`}
          class={`interval ${interval.ending}${isPast(interval.begin) ? "" : " future"}`}
          x={x(interval.client) - 6}
          width="12"
          y={y(interval.begin) - 8}
          height={
            (interval.end === undefined ? height - 4 : y(interval.end) + 8) - y(interval.begin) + 8
          }
          rx="6"
        >
          <title>{`${interval.client}: ${interval.label}`}</title>
        </rect>
      ))}
      {loop !== undefined && <Loop from={loop} to={steps.length} y={y} />}
      {arrows.map((arrow, index) => (
        <Message key={index} arrow={arrow} at={place.at} x={x} y={y} end={height - 6} />
      ))}
      {steps.map((step) => (
        <Step
          key={step.number}
          step={step}
          arrow={arrows.find(({ received, to }) => received === step.number && to === step.node)}
          before={steps[step.number - 2]?.orders}
          isPast={isPast(step.number)}
          x={x}
          y={y(step.number)}
          width={width}
          onJump={onJump}
        />
      ))}
    </svg>
  )
}

const summary = ({ steps, place }: View): string =>
  `${steps.length} steps, ${place.at} of them taken. The tab Steps describes them in sentences.`

interface MessageProps {
  readonly arrow: Arrow
  readonly at: number
  readonly x: (id: string) => number
  readonly y: (step: number) => number
  readonly end: number
}

const Message = ({ arrow, at, x, y, end }: MessageProps) => {
  const { from, to, sent, received, lost, text } = arrow
  const begin = sent ?? received ?? 0
  const isFuture = begin > at
  const isOnTheWay = !isFuture && (received === undefined || received > at) && lost === undefined
  const kind = sent === undefined ? "spoken" : isOnTheWay ? "waiting" : "past"
  const [x1, x2] = [x(from), x(to)]
  const y1 = y(begin)
  const y2 =
    received !== undefined ? y(received) : lost !== undefined ? y(Math.max(lost, begin)) + 9 : end
  const side = x2 === x1 ? 0 : Math.sign(x2 - x1)
  const path =
    side === 0
      ? `M${x1},${y1} C${x1 + 34},${y1} ${x1 + 34},${y2} ${x1 + 7},${y2}`
      : `M${x1 + 6 * side},${y1} L${x2 - 7 * side},${y2}`
  const classes = [
    "message",
    kind,
    ...(isFuture ? ["future"] : []),
    ...(lost === undefined ? [] : ["lost"])
  ]
  return (
    <g class={classes.join(" ")}>
      <path d={path} {...(lost === undefined ? { "marker-end": `url(#head-${kind})` } : {})} />
      {lost !== undefined && (
        <text class="cross" x={x2 - 7 * side} y={y2 + 4}>
          ×
        </text>
      )}
      <title>{`${text}, from ${from} to ${to}${received === undefined ? (lost === undefined ? ", in flight" : ", lost") : ""}`}</title>
    </g>
  )
}

interface StepProps {
  readonly step: StepView
  readonly arrow: Arrow | undefined
  readonly before: number | undefined
  readonly isPast: boolean
  readonly x: (id: string) => number
  readonly y: number
  readonly width: number
  readonly onJump: (at: number) => void
}

const Step = ({ step, arrow, before, isPast, x, y, width, onJump }: StepProps) => {
  const { number, node, kind, notes, breaks, orders, sentence } = step
  const at = x(node)
  const parts = [
    ...(arrow === undefined ? [] : [{ kind: "received", text: arrow.text }]),
    ...notes.filter((note) => note.kind !== "note" || arrow === undefined),
    ...(breaks.length === 0 ? [] : [{ kind: "broken", text: `breaks ${breaks.join(", ")}` }])
  ]
  const comesFrom = arrow === undefined ? 0 : Math.sign(x(arrow.from) - at)
  const room = { left: at - gutter - 14, right: width - at - 14 }
  const length = parts.reduce((sum, { text }) => sum + text.length + 3, 0) * characterWidth
  const side = sideOf(comesFrom, length, room)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the tab Steps has a button for each step
    <g
      class={`step ${kind}${isPast ? "" : " future"}${breaks.length > 0 ? " broken" : ""}`}
      onClick={() => onJump(number)}
    >
      <title>{`${number}. ${sentence}`}</title>
      <rect class="row" x="0" y={y - 14} width={width} height={rowHeight} />
      <text class="number" x="24" y={y + 4}>
        {number}
      </text>
      {orders !== undefined && orders !== before && (
        <text class={orders === 0 ? "orders none" : "orders"} x={gutter - 8} y={y + 4}>
          {orders === 0 ? "∅" : `·${orders}`}
          <title>
            {orders === 0 ? "no order of the operations is left" : `${orders} orders are possible`}
          </title>
        </text>
      )}
      {kind === "fault" ? (
        <text class="cross" x={at} y={y + 6}>
          ×
        </text>
      ) : (
        <circle cx={at} cy={y} r={breaks.length > 0 ? 6 : 4.5} />
      )}
      <Label
        parts={parts}
        x={at + 12 * side}
        y={y + 4}
        side={side}
        room={side > 0 ? room.right : room.left}
      />
    </g>
  )
}

/**
 * On the side away from the message's origin, if there is room; otherwise on the side with more
 * room.
 */
const sideOf = (
  comesFrom: number,
  length: number,
  room: { readonly left: number; readonly right: number }
): number => {
  const away = comesFrom > 0 ? -1 : 1
  if ((away > 0 ? room.right : room.left) >= length) return away
  return room.right >= room.left ? 1 : -1
}

interface LabelProps {
  readonly parts: ReadonlyArray<{ readonly kind: string; readonly text: string }>
  readonly x: number
  readonly y: number
  readonly side: number
  readonly room: number
}

/** The words of a step on one line, cut where the picture ends; the title has the whole text. */
const Label = ({ parts, x, y, side, room }: LabelProps) => {
  let left = Math.floor(room / characterWidth)
  const shown: Array<JSX.Element> = []
  parts.forEach(({ kind, text }, index) => {
    if (left <= 2) return
    const joint = index === 0 ? "" : " · "
    const whole = joint + text
    const cut = whole.length > left ? `${whole.slice(0, Math.max(1, left - 1))}…` : whole
    left -= cut.length
    shown.push(
      <tspan key={kind + text} class={kind}>
        {cut}
      </tspan>
    )
  })
  if (shown.length === 0) return null
  const long = (Math.floor(room / characterWidth) - left) * characterWidth + 6
  return (
    <g class="label">
      <rect x={side > 0 ? x - 3 : x - long + 3} y={y - 11} width={long} height="15" rx="3" />
      <text x={x} y={y} text-anchor={side > 0 ? "start" : "end"}>
        {shown}
      </text>
    </g>
  )
}

const Loop = ({
  from,
  to,
  y
}: {
  readonly from: number
  readonly to: number
  readonly y: (step: number) => number
}) =>
  from < to ? (
    <g class="loop">
      <path d={`M9,${y(from + 1) - 10} H4 V${y(to) + 10} H9`} />
      <title>{`steps ${from + 1} to ${to} can be repeated forever`}</title>
    </g>
  ) : null

interface NextProps extends Pick<Props, "view" | "onTake"> {
  readonly nodes: ReadonlyArray<NodeView>
  readonly columns: Readonly<Record<string, string>>
}

/** The steps that are possible now, each on its node's lane. */
const NextSteps = ({ view, nodes, columns, onTake }: NextProps) => {
  const withEffect = view.enabled.filter(({ hasEffect, isSpoken }) => hasEffect && !isSpoken)
  const rest = view.enabled.filter((one) => !withEffect.includes(one))
  return (
    <div class="lane-steps" style={columns}>
      <span class="muted">next</span>
      {nodes.map(({ id }) => (
        <div class="lane-next" key={id}>
          {withEffect
            .filter(({ node }) => node === id)
            .map((one) => (
              <Chip
                key={one.code}
                step={one}
                number={withEffect.indexOf(one) + 1}
                onTake={onTake}
              />
            ))}
          <Folded
            title="say"
            steps={rest.filter(({ node, isSpoken }) => node === id && isSpoken)}
            onTake={onTake}
          />
          <Folded
            title="no effect"
            steps={rest.filter(({ node, isSpoken }) => node === id && !isSpoken)}
            onTake={onTake}
          />
        </div>
      ))}
      {view.ending !== undefined && <p class="ending">{view.ending}</p>}
    </div>
  )
}

interface FoldedProps extends Pick<Props, "onTake"> {
  readonly title: "say" | "no effect"
  readonly steps: ReadonlyArray<EnabledView>
}

const Folded = ({ title, steps, onTake }: FoldedProps) =>
  steps.length === 0 ? null : (
    <details>
      <summary>
        {title === "say" ? `lies (${steps.length})` : `no effect (${steps.length})`}
      </summary>
      {steps.map((one) => (
        <Chip key={one.code} step={one} number={undefined} onTake={onTake} />
      ))}
    </details>
  )

interface ChipProps extends Pick<Props, "onTake"> {
  readonly step: EnabledView
  /** The key that takes the step; undefined if none does. */
  readonly number: number | undefined
}

const Chip = ({ step, number, onTake }: ChipProps) => {
  const { kind, isSpoken, breaks, code, sentence, text, from } = step
  const classes = [
    "chip",
    kind,
    ...(isSpoken ? ["spoken"] : []),
    ...(breaks.length > 0 ? ["breaking"] : [])
  ]
  const warning = breaks.length === 0 ? "" : `; breaks ${breaks.join(", ")}`
  const sign = { receive: "↓", invoke: "▶", choose: "↻", fault: "×" }[kind]
  return (
    <button
      type="button"
      class={classes.join(" ")}
      title={`${sentence}${warning}`}
      aria-label={`${sentence}${warning}`}
      onClick={() => onTake(code)}
    >
      {number !== undefined && number < 10 && <kbd>{number}</kbd>}
      <span aria-hidden="true">
        {sign} {text}
        {from !== undefined && <small> from {from}</small>}
        {breaks.length > 0 && <strong> breaks {breaks.join(", ")}</strong>}
      </span>
    </button>
  )
}
