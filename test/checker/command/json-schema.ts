/**
 * As much of a JSON Schema validator as the schema of a scenario needs. A keyword that it does not
 * know is an error.
 */
interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** What is wrong with the data, with places; nothing if it is valid. */
export const complaints = (schema: JsonSchema, data: unknown, place = "$"): ReadonlyArray<string> =>
  Object.entries(schema).flatMap(([keyword, argument]) => {
    const rule = rules[keyword]
    if (rule === undefined) throw new Error(`${place}: the keyword ${keyword} is not known here`)
    return rule(argument, data, place, schema)
  })

type Rule = (
  argument: unknown,
  data: unknown,
  place: string,
  schema: JsonSchema
) => ReadonlyArray<string>

const fails = (
  failed: boolean,
  place: string,
  keyword: string,
  argument: unknown
): ReadonlyArray<string> => (failed ? [`${place}: ${keyword} ${JSON.stringify(argument)}`] : [])

const isRecord = (data: unknown): data is Readonly<Record<string, unknown>> =>
  typeof data === "object" && data !== null && !Array.isArray(data)

const isOfType = (type: unknown, data: unknown): boolean => {
  switch (type) {
    case "object":
      return isRecord(data)
    case "array":
      return Array.isArray(data)
    case "integer":
      return Number.isInteger(data)
    case "string":
      return typeof data === "string"
    case "boolean":
      return typeof data === "boolean"
    default:
      throw new Error(`the type ${String(type)} is not known here`)
  }
}

const annotation: Rule = () => []

const rules: Readonly<Record<string, Rule>> = {
  propertyNames: (names, data, place) =>
    Object.keys(isRecord(data) ? data : {}).flatMap((name) =>
      complaints(names as JsonSchema, name, place)
    ),
  $schema: annotation,
  title: annotation,
  description: annotation,
  examples: annotation,
  default: annotation,
  enumDescriptions: annotation,
  // What the condition asks for is looked at beside it.
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: annotation,
  if: (condition, data, place, { then: consequence = {} }) =>
    complaints(condition as JsonSchema, data, place).length === 0
      ? complaints(consequence as JsonSchema, data, place)
      : [],
  allOf: (schemas, data, place) =>
    (schemas as Array<JsonSchema>).flatMap((schema) => complaints(schema, data, place)),
  type: (type, data, place) => fails(!isOfType(type, data), place, "type", type),
  enum: (values, data, place) =>
    fails(!(values as Array<unknown>).includes(data), place, "enum", values),
  const: (value, data, place) => fails(value !== data, place, "const", value),
  anyOf: (schemas, data, place) =>
    fails(
      (schemas as Array<JsonSchema>).every((schema) => complaints(schema, data, place).length > 0),
      place,
      "anyOf",
      schemas
    ),
  oneOf: (schemas, data, place) =>
    fails(
      (schemas as Array<JsonSchema>).filter(
        (schema) => complaints(schema, data, place).length === 0
      ).length !== 1,
      place,
      "oneOf",
      schemas
    ),
  minimum: (least, data, place) =>
    fails(typeof data === "number" && data < (least as number), place, "minimum", least),
  maximum: (most, data, place) =>
    fails(typeof data === "number" && data > (most as number), place, "maximum", most),
  minItems: (least, data, place) =>
    fails(Array.isArray(data) && data.length < (least as number), place, "minItems", least),
  maxItems: (most, data, place) =>
    fails(Array.isArray(data) && data.length > (most as number), place, "maxItems", most),
  pattern: (pattern, data, place) =>
    fails(
      typeof data === "string" && !new RegExp(pattern as string, "u").test(data),
      place,
      "pattern",
      pattern
    ),
  items: (schema, data, place) =>
    Array.isArray(data)
      ? data.flatMap((item, index) => complaints(schema as JsonSchema, item, `${place}[${index}]`))
      : [],
  required: (names, data, place) =>
    isRecord(data)
      ? (names as Array<string>).flatMap((name) => fails(!(name in data), place, "required", name))
      : [],
  properties: (schemas, data, place) =>
    isRecord(data)
      ? Object.entries(schemas as Record<string, JsonSchema>).flatMap(([name, schema]) =>
          name in data ? complaints(schema, data[name], `${place}.${name}`) : []
        )
      : [],
  additionalProperties: (allowed, data, place, { properties = {} }) => {
    if (!isRecord(data)) return []
    const others = Object.keys(data).filter((name) => !(name in (properties as object)))
    return others.flatMap((name) =>
      typeof allowed === "boolean"
        ? fails(!allowed, place, "additionalProperties", name)
        : complaints(allowed as JsonSchema, data[name], `${place}.${name}`)
    )
  }
}
