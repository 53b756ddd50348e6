/**
 * A text of at most the given number of characters: for a longer text, its beginning and its
 * length.
 */
export const shortened = (text: string, most: number): string =>
  text.length <= most
    ? text
    : `${text.slice(0, most)}… (${text.length.toLocaleString("en")} characters)`
