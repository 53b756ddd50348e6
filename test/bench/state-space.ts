/**
 * `npm run bench -- state-space`: the number of states of the shipped scenarios, as a plot in
 * `.build/state-space.svg`: a row for each folder, a dot for each scenario, on a logarithmic scale;
 * a red dot is a scenario in which a property is violated. The counts are those of the manifest.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"

interface Counts {
  readonly distinct: number
  readonly violated?: Readonly<Record<string, number>>
}

const manifest: Readonly<Record<string, Counts>> = JSON.parse(
  readFileSync(new URL("../../checker/scenarios/manifest.json", import.meta.url), "utf8")
)
const plotFile = ".build/state-space.svg"

const margin = { left: 150, right: 44, top: 44, bottom: 36 }
const rowHeight = 26
const decadeWidth = 90

/** The plot of scenarios by their names. */
export const plotOf = (scenarios: Readonly<Record<string, Counts>>): string => {
  const names = Object.keys(scenarios)
  const folders = [...new Set(names.map(folderOf))].sort()
  const most = Math.max(10, ...Object.values(scenarios).map(({ distinct }) => distinct))
  const decades = Math.ceil(Math.log10(most))
  const x = (states: number) => margin.left + Math.log10(Math.max(1, states)) * decadeWidth
  const y = (row: number) => margin.top + (row + 0.5) * rowHeight
  const width = x(10 ** decades) + margin.right
  const bottom = y(folders.length) - rowHeight / 2
  const lines = Array.from({ length: decades + 1 }, (_, decade) => {
    const at = x(10 ** decade)
    const label = (10 ** decade).toLocaleString("en")
    return `<line x1="${at}" x2="${at}" y1="${margin.top}" y2="${bottom}" stroke="#ddd"/><text x="${at}" y="${bottom + 18}" text-anchor="middle">${label}</text>`
  })
  const rows = folders.map(
    (folder, row) =>
      `<text x="${margin.left - 10}" y="${y(row) + 4}" text-anchor="end">${folder}</text>`
  )
  const dots = Object.entries(scenarios).map(([name, { distinct, violated }]) => {
    const colour = violated === undefined ? "#1b6ca8" : "#c0392b"
    const place = `cx="${x(distinct).toFixed(1)}" cy="${y(folders.indexOf(folderOf(name)))}"`
    return `<circle ${place} r="4" fill="${colour}" fill-opacity="0.55"><title>${escaped(name)}: ${distinct.toLocaleString("en")} states</title></circle>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom + margin.bottom}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    `<text x="${margin.left}" y="24">Distinct states of ${names.length} scenarios, with reductions; red: something is violated</text>`,
    ...lines,
    ...rows,
    ...dots,
    "</svg>"
  ].join("\n")
}

const folderOf = (name: string): string => name.split("/")[0] as string

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

export const stateSpace = (): void => {
  mkdirSync(".build", { recursive: true })
  writeFileSync(plotFile, plotOf(manifest))
  console.log(`${Object.keys(manifest).length} scenarios: ${plotFile}`)
}
