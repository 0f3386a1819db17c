import { formFields, type FormField } from './form-field.ts'

/** Most fields of a form that are counted. */
export const mostTalliedFields = 100
/** Most different dates that are counted, a year of them. */
export const mostTalliedDates = 366

/** How a field of a form is counted: `option` by its one value, `options` by each of several, `text` only whether there is one. */
export function fieldKind({ kind }: FormField): 'number' | 'option' | 'options' | 'text' {
  switch (kind) {
    case 'number':
    case 'integer':
      return 'number'
    case 'boolean':
    case 'option':
      return 'option'
    case 'options':
      return 'options'
    case 'text':
    case 'longText':
    case 'email':
    case 'webAddress':
    case 'date':
    case 'time':
    case 'list':
      return 'text'
  }
}

/** The fields of a form that are counted. */
export function talliedFields(schema: Readonly<Record<string, unknown>>): readonly FormField[] {
  return formFields(schema).slice(0, mostTalliedFields)
}
