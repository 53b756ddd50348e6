/** A text of at most so many characters: of a longer one its beginning, and how long it is. */
export const shortened = (text: string, most: number): string =>
  text.length <= most
    ? text
    : `${text.slice(0, most)}… (${text.length.toLocaleString("en")} characters)`
