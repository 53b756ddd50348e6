/**
 * Small changes to a source file: one operator, condition, number, element or field at a time.
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { type Node, parseSync } from "oxc-parser"

/**
 * Files that decide nothing: lists and entry points. A difference in a variant's data is not a
 * decision of the protocol.
 */
const undecided = /(^|\/)(index|protocols|variants)\.ts$/

/** The files of which there are mutants, by their paths from the root. */
export const sourceFiles = (root: string): ReadonlyArray<string> =>
  readdirSync(join(root, "spec"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !undecided.test(file))
    .map((file) => `spec/${file}`)
    .sort()

export interface Mutant {
  readonly file: string
  /** The line at which the change begins, counted from 1. */
  readonly line: number
  /** The changed lines, before and after. */
  readonly was: string
  readonly becomes: string
  /** The whole file after the change. */
  readonly text: string
}

/** What replaces the text between two offsets. */
interface Change {
  readonly start: number
  readonly end: number
  readonly by: string
}

type Children = Readonly<Record<string, unknown>>

const operators: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "+": "-",
  "-": "+",
  "*": "+",
  "%": "*",
  "&&": "||",
  "||": "&&"
}

/**
 * Methods and their counterparts on other elements. A call of a method without a counterpart is
 * removed.
 */
const methods: Readonly<Record<string, string | undefined>> = {
  some: "every",
  every: "some",
  max: "min",
  min: "max",
  find: "findLast",
  findLast: "find",
  filter: undefined,
  slice: undefined,
  sort: undefined
}

/** Texts for people: no search and no property can notice a change of them. */
const forPeople = /^(describe\w*|about|name|title|words|syntax|verb|description)$/

/** All mutants of a source file, in the order of their positions. */
export const mutantsOf = (file: string, text: string): ReadonlyArray<Mutant> => {
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`)
  const changes: Array<Change> = []
  visit(program, text, changes)
  return changes
    .sort((left, right) => left.start - right.start || left.end - right.end)
    .map((change) => applied(file, text, change))
    .filter(({ was, becomes }) => was !== becomes)
}

const applied = (file: string, text: string, { start, end, by }: Change): Mutant => {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1
  const lineEnd = `${text}\n`.indexOf("\n", end)
  return {
    file,
    line: text.slice(0, start).split("\n").length,
    was: oneLine(text.slice(lineStart, lineEnd)),
    becomes: oneLine(text.slice(lineStart, start) + by + text.slice(end, lineEnd)),
    text: text.slice(0, start) + by + text.slice(end)
  }
}

const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, " ")

const visit = (node: Node, text: string, changes: Array<Change>): void => {
  if (isForPeople(node)) return
  changes.push(...changesOf(node, text))
  if (isOrder(node)) {
    visit(node.test, text, changes)
    return
  }
  for (const child of Object.values(node as unknown as Children)) {
    const nodes = Array.isArray(child) ? child : [child]
    for (const one of nodes) if (isNode(one) && !isOfTypes(one)) visit(one, text, changes)
  }
}

const isNode = (child: unknown): child is Node =>
  typeof child === "object" && child !== null && "type" in child && "start" in child

/** Types have no effect; annotated expressions have. */
const isOfTypes = ({ type }: Node): boolean =>
  (type.startsWith("TS") && !/^TS(As|Satisfies|NonNull)Expression$/.test(type)) ||
  type === "ImportDeclaration"

const isForPeople = (node: Node): boolean => {
  if (node.type === "VariableDeclarator")
    return node.id.type === "Identifier" && forPeople.test(node.id.name)
  return node.type === "Property" && node.key.type === "Identifier" && forPeople.test(node.key.name)
}

type Conditional = Extract<Node, { type: "ConditionalExpression" }>

/** `… ? -1 : 1`: who sorts looks at the sign alone, so another number with it is the same. */
const isOrder = (node: Node): node is Conditional =>
  node.type === "ConditionalExpression" &&
  node.consequent.type === "UnaryExpression" &&
  isOne(node.consequent.argument) &&
  isOne(node.alternate)

const isOne = (node: Node): boolean => node.type === "Literal" && node.value === 1

const changesOf = (node: Node, text: string): ReadonlyArray<Change> => {
  const source = ({ start, end }: Node): string => text.slice(start, end)
  const replaced = (by: string, { start, end }: Node = node): Change => ({ start, end, by })
  switch (node.type) {
    case "BinaryExpression":
    case "LogicalExpression": {
      if (node.operator === "??") return [replaced(source(node.left))]
      const other = operators[node.operator]
      if (other === undefined || isText(node.left) || isText(node.right)) return []
      return [replaced(`${source(node.left)} ${other} ${source(node.right)}`)]
    }
    case "UnaryExpression":
      return node.operator === "!" ? [replaced(source(node.argument))] : []
    case "ConditionalExpression":
      return [node.consequent, node.alternate].map((branch) => {
        // As the body of a function, an object in braces would be a block.
        const isBlock =
          branch.type === "ObjectExpression" && text.slice(0, node.start).trimEnd().endsWith("=>")
        return replaced(isBlock ? `(${source(branch)})` : source(branch))
      })
    case "IfStatement":
      return [replaced("true", node.test), replaced("false", node.test)]
    case "Literal":
      if (typeof node.value === "boolean") return [replaced(String(!node.value))]
      return typeof node.value === "number" ? [replaced(String(node.value + 1))] : []
    case "CallExpression":
      return calls(node, source, replaced)
    case "ObjectExpression":
      // Remove a field only after a spread: there the field keeps its old value.
      return node.properties[0]?.type === "SpreadElement" && node.properties.length > 1
        ? node.properties
            .slice(1)
            .filter((one) => !isForPeople(one) && !isSpreadAlready(node.properties[0] as Node, one))
            .map((property) => without(node.properties, property, text, node))
        : []
    case "ArrayExpression":
      return node.elements.flatMap((element) =>
        element === null ? [] : [without(node.elements as ReadonlyArray<Node>, element, text, node)]
      )
    default:
      return []
  }
}

/**
 * Whether a field has what a spread gave it, as `{ ...step, state: step.state }` has: it is written
 * for its type alone.
 */
const isSpreadAlready = (spread: Node, property: Node): boolean => {
  if (spread.type !== "SpreadElement" || spread.argument.type !== "Identifier") return false
  if (property.type !== "Property" || property.key.type !== "Identifier") return false
  const value =
    property.value.type === "TSAsExpression" ? property.value.expression : property.value
  return (
    value.type === "MemberExpression" &&
    value.object.type === "Identifier" &&
    value.object.name === spread.argument.name &&
    value.property.type === "Identifier" &&
    value.property.name === property.key.name
  )
}

const isText = (node: Node): boolean =>
  node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node.value === "string")

const calls = (
  { callee, arguments: given }: Extract<Node, { type: "CallExpression" }>,
  source: (node: Node) => string,
  replaced: (by: string, node?: Node) => Change
): ReadonlyArray<Change> => {
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return []
  const { name } = callee.property
  if (!Object.hasOwn(methods, name) || findsItself(name, given[0])) return []
  const other = methods[name]
  return [other === undefined ? replaced(source(callee.object)) : replaced(other, callee.property)]
}

/**
 * Whether a call finds the element that is this very value, as `find((one) => one === node)` does,
 * also under a further condition: the first of them is the last.
 */
const findsItself = (name: string, predicate: Node | undefined): boolean => {
  if (!/^find(Last)?$/.test(name) || predicate?.type !== "ArrowFunctionExpression") return false
  const [parameter] = predicate.params
  const { body } = predicate
  const is = body.type === "LogicalExpression" && body.operator === "&&" ? body.left : body
  return (
    parameter?.type === "Identifier" &&
    is.type === "BinaryExpression" &&
    is.operator === "===" &&
    is.left.type === "Identifier" &&
    is.left.name === parameter.name
  )
}

/** The list without one of its elements. */
const without = (
  elements: ReadonlyArray<Node>,
  removed: Node,
  text: string,
  { start, end }: Node
): Change => {
  const kept = elements
    .filter((element) => element !== removed)
    .map((element) => text.slice(element.start, element.end))
  return { start, end, by: `${text[start]}${kept.join(", ")}${text[end - 1]}` }
}
