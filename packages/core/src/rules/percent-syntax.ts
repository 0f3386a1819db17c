/**
 * Turns `%user_name%` into `{{ user_name }}`, as texts of other systems name their variables. A `%` that names nothing stays, and
 * so does what only looks like Liquid: in such a text `{{` is text.
 */
export function fromPercentSyntax(text: string): string {
  const pieces = text.split(/(%[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*%)/)
  return pieces
    .map((piece, place) => (place % 2 === 1 ? `{{ ${piece.slice(1, -1)} }}` : literal(piece)))
    .join('')
}

function literal(text: string): string {
  return text.replace(/\{\{|\{%/g, (mark) => `{{ '${mark}' }}`)
}
