/**
 * The study's rows as an SVG: one row of panels per kind of operation, one column per circumstance;
 * each panel has a line per protocol over the number of concurrent reconfigurations.
 */
import { contenders, type Measure, maxReconfigurations, type Row } from "./study.ts"

const kinds = ["read", "write", "reconfigure"] as const satisfies ReadonlyArray<Measure>
type Kind = (typeof kinds)[number]

const panel = { width: 200, height: 150, gap: 18 }
const margin = { left: 64, top: 64, bottom: 40 }
const colours: ReadonlyArray<string> = ["#1b6ca8", "#c0392b"]

const xOf = (column: number, count: number): number =>
  margin.left + column * (panel.width + panel.gap) + (count * panel.width) / maxReconfigurations
const topOf = (row: number): number => margin.top + row * (panel.height + panel.gap)
const yOf = (row: number, share: number): number => topOf(row) + panel.height * (1 - share)

/** The plot of these rows. */
export const plot = (rows: ReadonlyArray<Row>): string => {
  const circumstances = [...new Set(rows.map(({ circumstance }) => circumstance))]
  const width = xOf(circumstances.length, 0) + 8
  const height = topOf(kinds.length) + margin.bottom
  const panels = kinds.flatMap((kind, row) => {
    const most = maxOf(rows, kind)
    return [
      ...grid(row, kind, most, circumstances.length),
      ...circumstances.flatMap((circumstance, column) =>
        contenders.map(({ name }, index) => {
          const ofLine = rows.filter(
            (one) => one.circumstance === circumstance && one.protocol === name
          )
          return line(ofLine, kind, row, column, most, colours[index] ?? "black")
        })
      )
    ]
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(margin.left, 20, "Mean latency in message delays", "start", 'font-size="15"'),
    ...legend(),
    ...circumstances.map((name, column) =>
      text(xOf(column, maxReconfigurations / 2), topOf(0) - 8, name)
    ),
    ...panels,
    ...circumstances.flatMap((_, column) => ticks(column)),
    text((margin.left + width) / 2, height - 6, "concurrent reconfigurations"),
    "</svg>"
  ].join("\n")
}

const maxOf = (rows: ReadonlyArray<Row>, kind: Kind): number => {
  const most = Math.max(1, ...rows.map(({ latency }) => latency[kind] ?? 0))
  return Math.ceil(most / 20) * 20
}

const text = (x: number, y: number, words: string, anchor = "middle", more = ""): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}" ${more}>${words}</text>`

const legend = (): ReadonlyArray<string> =>
  contenders.map(({ name }, index) =>
    text(
      margin.left + 260 + index * 90,
      20,
      `— ${name}`,
      "start",
      `fill="${colours[index]}" font-weight="bold"`
    )
  )

const grid = (row: number, kind: Kind, most: number, columns: number): ReadonlyArray<string> => [
  text(14, yOf(row, 0.5), kind, "middle", `transform="rotate(-90 14 ${yOf(row, 0.5)})"`),
  ...[0, 0.5, 1].flatMap((share) => {
    const y = yOf(row, share)
    const lines = Array.from(
      { length: columns },
      (_, column) =>
        `<line x1="${xOf(column, 0)}" x2="${xOf(column, maxReconfigurations)}" y1="${y}" y2="${y}" stroke="#ddd"/>`
    )
    return [...lines, text(margin.left - 8, y + 4, String(share * most), "end")]
  })
]

const ticks = (column: number): ReadonlyArray<string> =>
  Array.from({ length: maxReconfigurations + 1 }, (_, count) =>
    text(xOf(column, count), yOf(kinds.length - 1, 0) + 16, String(count))
  )

const line = (
  rows: ReadonlyArray<Row>,
  kind: Kind,
  row: number,
  column: number,
  most: number,
  colour: string
): string => {
  const points = rows.flatMap(({ latency, reconfigurations }) => {
    const delays = latency[kind]
    return delays === undefined
      ? []
      : [`${xOf(column, reconfigurations)},${yOf(row, delays / most).toFixed(1)}`]
  })
  return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.join(" ")}"/>`
}
