/**
 * Plots of benches' measurements, as SVG: bars for figures side by side, lines for figures over a
 * quantity. Plain shapes and text, so that every browser and document shows them.
 */
import { mkdirSync, writeFileSync } from "node:fs"

/** Told apart without colour as well: each darker than the one after it. */
const colours = ["#1b4f72", "#c0392b", "#2e9e6b", "#e0a030", "#9b9b9b"] as const
const panel = { width: 560, height: 260 }
const margin = { left: 84, right: 24, top: 72, bottom: 52 }

export interface Series {
  readonly name: string
  /** A figure for each place on the axis below; undefined where there is none. */
  readonly figures: ReadonlyArray<number | undefined>
}

export interface Plot {
  readonly title: string
  /** What is counted upwards, with its unit. */
  readonly unit: string
  /** What stands along the axis below, and its places. */
  readonly along: string
  readonly places: ReadonlyArray<string | number>
  readonly series: ReadonlyArray<Series>
}

/** Writes a plot to `.build/NAME.svg`, and returns that file's name. */
export const savePlot = (name: string, svg: string): string => {
  mkdirSync(".build", { recursive: true })
  const file = `.build/${name}.svg`
  writeFileSync(file, svg)
  return file
}

/** A group of bars for each place, one bar for each series. */
export const bars = (plot: Plot): string => {
  const { places, series } = plot
  const most = maxOf(plot)
  const groupWidth = panel.width / places.length
  const barWidth = (0.8 * groupWidth) / series.length
  const shapes = series.flatMap(({ name, figures }, index) =>
    figures.flatMap((figure, place) => {
      if (figure === undefined) return []
      const x = margin.left + place * groupWidth + 0.1 * groupWidth + index * barWidth
      const y = yOf(figure, most)
      return [
        `<rect x="${round(x)}" y="${round(y)}" width="${round(barWidth * 0.92)}" height="${round(yOf(0, most) - y)}" fill="${colourOf(index)}"><title>${escaped(`${name}, ${places[place]}: ${told(figure)}`)}</title></rect>`,
        text(x + 0.46 * barWidth, y - 4, told(figure), "middle", 'font-size="10"')
      ]
    })
  )
  return framed(plot, most, (place) => margin.left + (place + 0.5) * groupWidth, shapes)
}

/** A line for each series; the places are numbers, in order. */
export const lines = (plot: Plot): string => {
  const most = maxOf(plot)
  const numbers = plot.places.map(Number)
  const [first = 0, last = 1] = [numbers[0], numbers.at(-1)]
  const x = (place: number) =>
    margin.left + (((numbers[place] ?? first) - first) / Math.max(last - first, 1e-9)) * panel.width
  const shapes = plot.series.flatMap(({ name, figures }, index) => {
    const points = figures.flatMap((figure, place) =>
      figure === undefined
        ? []
        : [{ x: round(x(place)), y: round(yOf(figure, most)), figure, place }]
    )
    return [
      `<polyline fill="none" stroke="${colourOf(index)}" stroke-width="2" points="${points.map((one) => `${one.x},${one.y}`).join(" ")}"/>`,
      ...points.map(
        (one) =>
          `<circle cx="${one.x}" cy="${one.y}" r="4" fill="${colourOf(index)}"><title>${escaped(`${name}, ${plot.places[one.place]}: ${told(one.figure)}`)}</title></circle>`
      )
    ]
  })
  return framed(plot, most, x, shapes)
}

/** The axes, the legend and the title around the shapes. */
const framed = (
  { title, unit, along, places, series }: Plot,
  most: number,
  x: (place: number) => number,
  shapes: ReadonlyArray<string>
): string => {
  const width = margin.left + panel.width + margin.right
  const height = margin.top + panel.height + margin.bottom
  const bottom = yOf(0, most)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(margin.left, 22, title, "start", 'font-size="15"'),
    ...legend(series),
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
      `<line x1="${margin.left}" x2="${margin.left + panel.width}" y1="${yOf(share * most, most)}" y2="${yOf(share * most, most)}" stroke="#ddd"/>`,
      text(margin.left - 8, yOf(share * most, most) + 4, told(share * most), "end")
    ]),
    text(
      16,
      margin.top + panel.height / 2,
      unit,
      "middle",
      `transform="rotate(-90 16 ${margin.top + panel.height / 2})"`
    ),
    ...places.map((place, index) => text(x(index), bottom + 18, String(place))),
    text(margin.left + panel.width / 2, height - 10, along),
    ...shapes,
    "</svg>"
  ].join("\n")
}

const legend = (series: ReadonlyArray<Series>): ReadonlyArray<string> => {
  const step = panel.width / Math.max(series.length, 3)
  return series.flatMap(({ name }, index) => {
    const x = margin.left + index * step
    return [
      `<rect x="${round(x)}" y="36" width="12" height="12" fill="${colourOf(index)}"/>`,
      text(x + 18, 47, name, "start")
    ]
  })
}

/** The least of 1, 1.5, 2, 3, 4, 5, 6 and 8 times a power of ten that no figure exceeds. */
const maxOf = ({ series }: Plot): number => {
  const most = Math.max(1e-6, ...series.flatMap(({ figures }) => figures.map((one) => one ?? 0)))
  const decade = 10 ** Math.floor(Math.log10(most))
  return ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * decade >= most) ?? 10) * decade
}

const yOf = (figure: number, most: number): number =>
  margin.top + panel.height * (1 - figure / most)
const colourOf = (index: number): string => colours[index % colours.length] as string
const round = (number: number): number => Math.round(10 * number) / 10
const told = (figure: number): string =>
  figure >= 100 || Number.isInteger(figure)
    ? Math.round(figure).toLocaleString("en")
    : String(Number(figure.toPrecision(3)))
const escaped = (words: string): string =>
  words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")
const text = (x: number, y: number, words: string, anchor = "middle", more = ""): string =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" ${more}>${escaped(words)}</text>`
