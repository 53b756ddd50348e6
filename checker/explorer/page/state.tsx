/**
 * The state at a place: what the last step did, every node in the paper's terms, and what is known
 * of the whole.
 */

import type { Field, Term } from "../../report/terms.ts"
import type { Dag, MapRow, NodeView, Orders, PropertyView, View } from "../messages.ts"

interface Props {
  readonly view: View
  /** For an infinite run: the number of steps before the repeated ones. */
  readonly loop: number | undefined
  /** The property that the run violates, and why, if a check has found it. */
  readonly violated: { readonly name: string; readonly why: string } | undefined
}

export const State = ({ view, loop, violated }: Props) => {
  const { steps, place, nodes, maps, dag, known, orders, properties } = view
  const last = steps[place.at - 1]
  return (
    <div class="state">
      <p class="happened" aria-live="polite">
        {last === undefined ? (
          "Nothing has happened yet."
        ) : (
          <LastStep number={place.at} sentence={last.sentence} />
        )}
      </p>
      {place.at === steps.length && <Forever loop={loop} last={steps.length} />}
      {violated !== undefined && !properties.some(({ status }) => status === "broken") && (
        <div class="verdict broken" role="status">
          <b>{violated.name}</b> is violated by this run. {violated.why}
        </div>
      )}
      <Properties properties={properties} />
      <div class="nodes">
        {nodes.map((node) => (
          <NodeCard key={node.id} node={node} />
        ))}
      </div>
      {maps.length > 0 && <Maps rows={maps} />}
      {dag !== undefined && <DagPicture dag={dag} />}
      {orders.length > 0 && <OrdersLeft orders={orders} />}
      {known !== undefined && <Known known={known} />}
    </div>
  )
}

const LastStep = ({ number, sentence }: { readonly number: number; readonly sentence: string }) => (
  <>
    <b>Step {number}.</b> {sentence}.
  </>
)

const Forever = ({ loop, last }: { readonly loop: number | undefined; readonly last: number }) =>
  loop === undefined ? null : (
    <p class="verdict open">
      {loop < last
        ? `Steps ${loop + 1} to ${last} can be repeated forever, and nothing that must happen is postponed.`
        : "Nothing is left that must happen: the state stays like this forever."}
    </p>
  )

const Properties = ({ properties }: { readonly properties: ReadonlyArray<PropertyView> }) => {
  const broken = properties.filter(({ status }) => status === "broken")
  const others = properties.filter(({ status }) => status !== "broken")
  return (
    <>
      {broken.map(({ name, about, remark }) => (
        <div class="verdict broken" key={name} role="status">
          <b>{name}</b> is {remark}
          {/[.!]$/.test(remark) ? "" : "."} <small>Demanded: {about}.</small>
        </div>
      ))}
      {others.length > 0 && (
        <ul class="properties" aria-label="Properties">
          {others.map(({ name, about, status, remark }) => (
            <li key={name} class={status} title={remark === "" ? about : `${about}: ${remark}`}>
              {name}
              {status === "excused" ? " (excused)" : ""}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

const NodeCard = ({ node }: { readonly node: NodeView }) => {
  const { id, role, fault, state, isActing, isTakenOver } = node
  return (
    <section
      class={`node${isActing ? " acting" : ""}${state === undefined ? " gone" : ""}`}
      aria-label={id}
    >
      <h3>
        {id} <small>{role}</small>
        {fault !== undefined && <em>{fault}</em>}
      </h3>
      {state === undefined ? (
        <p class="muted">{isTakenOver ? "The adversary speaks for it." : "Gone."}</p>
      ) : (
        <TermView term={state} isTop />
      )}
    </section>
  )
}

const TermView = ({ term, isTop = false }: { readonly term: Term; readonly isTop?: boolean }) => {
  const { text, fields, isChanged, was } = term
  if (fields === undefined)
    return (
      <span class={isChanged ? "value changed" : empty.includes(text) ? "value empty" : "value"}>
        {text}
        {isChanged && was !== undefined && <small> was {was}</small>}
      </span>
    )
  return (
    <div class={isTop ? "term top" : "term"}>
      {text !== "" && (
        <span class={was !== undefined ? "value changed" : "value"}>
          {text}
          {was !== undefined && <small> was {was}</small>}
        </span>
      )}
      <dl>
        {fields.map((field) => (
          <FieldView key={field.name} field={field} />
        ))}
      </dl>
    </div>
  )
}

/** The texts that stand for an empty value. */
const empty = ["⊥", "{}", "false", "0", "no change"]

const FieldView = ({ field: { name, term } }: { readonly field: Field }) => (
  <div class={term.fields === undefined ? "field" : "field open"}>
    <dt>{name}</dt>
    <dd>
      <TermView term={term} />
    </dd>
  </div>
)

const Maps = ({ rows }: { readonly rows: ReadonlyArray<MapRow> }) => (
  <figure>
    <figcaption>
      cmaps <small>± retired, ⊥ unknown</small>
    </figcaption>
    <div class="scroll">
      <table class="maps">
        <thead>
          <tr>
            <th />
            {rows[0]?.cells.map((_, index) => (
              <th key={index}>{index}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ node, cells }) => (
            <tr key={node}>
              <th>{node}</th>
              {cells.map((cell, index) => (
                <td
                  key={index}
                  class={cell === "±" ? "retired" : cell === "⊥" ? "unknown" : "active"}
                >
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </figure>
)

const vertexHeight = 40
const columnWidth = 178

/** The graph of configurations: a column per number of changes, so every edge goes to the right. */
const DagPicture = ({ dag: { vertices, edges } }: { readonly dag: Dag }) => {
  const sizes = [...new Set(vertices.map(({ size }) => size))].sort((left, right) => left - right)
  const places = vertices.map(({ size }, number) => {
    const alike = vertices.filter((vertex) => vertex.size === size)
    return {
      x: 8 + sizes.indexOf(size) * columnWidth,
      y: 14 + alike.indexOf(vertices[number] as (typeof vertices)[number]) * (vertexHeight + 22)
    }
  })
  const width = 8 + sizes.length * columnWidth
  const height = Math.max(...places.map(({ y }) => y)) + vertexHeight + 14
  const boxWidth = columnWidth - 62
  return (
    <figure>
      <figcaption>
        DAG of configurations <small>edges as endorsed in weak snapshots</small>
      </figcaption>
      <div class="scroll">
        <svg
          class="dag"
          width={width}
          height={height}
          role="img"
          aria-label={dagInWords({ vertices, edges })}
        >
          <defs>
            <marker
              id="dag-head"
              viewBox="0 0 8 8"
              refX="8"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path d="M0,0.5 L8,4 L0,7.5 Z" />
            </marker>
          </defs>
          {edges.map(({ from, to, by }) => {
            const [a, b] = [places[from], places[to]]
            if (a === undefined || b === undefined) return null
            const [x1, y1, x2, y2] = [
              a.x + boxWidth,
              a.y + vertexHeight / 2,
              b.x - 2,
              b.y + vertexHeight / 2
            ]
            return (
              <g key={`${from} ${to}`}>
                <line x1={x1} y1={y1} x2={x2} y2={y2} marker-end="url(#dag-head)" />
                <text x={(x1 + x2) / 2} y={(y1 + y2) / 2 - 5} text-anchor="middle">
                  {by.length > 2 ? `${by.length} nodes` : by.join(",")}
                  <title>{`endorsed by ${by.join(", ")}`}</title>
                </text>
              </g>
            )
          })}
          {vertices.map(({ text, visitors }, number) => {
            const { x, y } = places[number] as (typeof places)[number]
            return (
              <g key={text} class={visitors.length > 0 ? "vertex visited" : "vertex"}>
                <rect x={x} y={y} width={boxWidth} height={vertexHeight} rx="7" />
                <text
                  x={x + boxWidth / 2}
                  y={y + (visitors.length > 0 ? 16 : 24)}
                  text-anchor="middle"
                >
                  {text.length > 17 ? `${text.slice(0, 16)}…` : text}
                  <title>{text}</title>
                </text>
                {visitors.length > 0 && (
                  <text class="visitors" x={x + boxWidth / 2} y={y + 32} text-anchor="middle">
                    {visitors.join(", ")} here
                  </text>
                )}
              </g>
            )
          })}
        </svg>
      </div>
    </figure>
  )
}

const dagInWords = ({ vertices, edges }: Dag): string =>
  edges.length === 0
    ? `${vertices.length} configuration${vertices.length === 1 ? "" : "s"}, no edges yet`
    : edges.map(({ from, to }) => `${vertices[from]?.text} to ${vertices[to]?.text}`).join("; ")

const OrdersLeft = ({ orders }: { readonly orders: ReadonlyArray<Orders> }) => (
  <figure>
    <figcaption>Orders of the operations that are still possible</figcaption>
    {orders.map(({ object, possible, violation }) => (
      <div key={object}>
        {object !== "" && <b>{object}</b>}
        {violation !== undefined && <p class="verdict broken">No order is left: {violation}.</p>}
        <ul class="plain">
          {possible.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      </div>
    ))}
  </figure>
)

const Known = ({ known }: { readonly known: ReadonlyArray<string> }) => (
  <figure>
    <figcaption>
      The adversary <small>what it has learned, and its keys and signatures</small>
    </figcaption>
    {known.length === 0 && <p class="muted">It knows only what everybody is told.</p>}
    <ul class="plain">
      {known.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
  </figure>
)
