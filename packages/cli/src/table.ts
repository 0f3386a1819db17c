import Table from 'cli-table3'
import { plainText } from './plain-text.ts'

const longestCell = 60

/** A column of a {@link table}: its heading and how a row fills it. */
export interface Column<Row> {
  readonly heading: string
  readonly cell: (row: Row) => string | number | null | undefined
  readonly align?: 'left' | 'right'
  /** Colours the finished cell. */
  readonly paint?: (text: string, row: Row) => string
}

/**
 * Draws rows as a borderless table. Every cell is made safe to print and cut to 60 characters.
 *
 * @returns lines joined by line feeds, without a final one; only the headings when there are no rows
 */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const drawing = new Table({
    chars: borderless,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    head: columns.map((column) => column.heading),
    colAligns: columns.map((column) => column.align ?? 'left'),
  })
  for (const row of rows) {
    drawing.push(columns.map((column) => drawCell(column, row)))
  }
  return drawing
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

function drawCell<Row>(column: Column<Row>, row: Row): string {
  const text = plainText(String(column.cell(row) ?? ''))
  const characters = Array.from(text)
  const short = characters.length > longestCell ? `${characters.slice(0, longestCell - 1).join('')}…` : text
  return column.paint === undefined ? short : column.paint(short, row)
}

const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
}
