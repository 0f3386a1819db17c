import {
  InviteMeError,
  type AnswerInput,
  type AnswerSpec,
  type LinkPurpose,
  type Links,
  type LinkView,
  type PreferenceChoices,
  type PreferenceView,
  type ResponseReceipt,
} from '@invite-me/core'
import { parseAnswer } from '../../../../core/src/rules/answers/parse-answer.ts'

type Open = Extract<LinkView, { status: 'open' }>

/** A question as a test tells it; what is left out is plain. */
export interface Question extends Partial<Omit<Open, 'status' | 'answer'>> {
  readonly answer?: AnswerSpec | null
  /** Default `open`. */
  readonly status?: 'open' | 'expired' | 'closed'
  readonly reason?: 'expired' | 'cancelled' | 'superseded' | 'closed'
  readonly renewable?: boolean
}

/** Links with a memory of their own: answers count once, later ones are revisions, and every call is written down. */
export class RememberedLinks implements Links {
  readonly calls: string[] = []
  readonly inputs: AnswerInput[] = []
  readonly #questions = new Map<string, { question: Question; current: Open['current']; revision: number }>()
  readonly #now: () => number
  /** Thrown by every call while set. */
  broken: Error | undefined

  constructor(now: () => number = () => Date.UTC(2026, 10, 22, 12)) {
    this.#now = now
  }

  add(token: string, question: Question): string {
    this.#questions.set(token, { question, current: question.current ?? null, revision: question.current ? 1 : 0 })
    return token
  }

  current(token: string): unknown {
    return this.#questions.get(token)?.current?.value
  }

  /** Changes a question while somebody has its page open. */
  change(token: string, change: Question): void {
    const entry = this.#questions.get(token)
    if (entry !== undefined) entry.question = { ...entry.question, ...change }
  }

  open(token: string, purpose: LinkPurpose): Promise<LinkView> {
    this.#write('open')
    return Promise.resolve(this.#view(token, purpose))
  }

  answer(token: string, input: AnswerInput): Promise<ResponseReceipt> {
    this.#write('answer')
    this.inputs.push(input)
    const view = this.#view(token, 'respond')
    const entry = this.#questions.get(token)
    if (entry === undefined || view.status === 'unknown' || view.status === 'expired') {
      throw new InviteMeError('LINK_UNKNOWN', 'This link is unknown.', { field: 'token' })
    }
    if (view.status === 'closed') return Promise.resolve({ status: 'late', invitationId: 'i1', reason: view.reason })
    const parsed = parseAnswer(view.answer ?? { type: 'yesNo' }, input, view.locale)
    if (parsed.status !== 'understood') return Promise.resolve({ status: parsed.status, invitationId: 'i1', hint: parsed.hint })
    const isRepeated = entry.current !== null && JSON.stringify(entry.current.value) === JSON.stringify(parsed.value)
    if (!isRepeated) entry.revision += 1
    entry.current = { value: parsed.value, at: new Date(this.#now()) }
    return Promise.resolve({ status: isRepeated ? 'repeated' : 'counted', invitationId: 'i1', value: parsed.value, revision: entry.revision, changeableUntil: view.until })
  }

  /** What was asked to be stopped, and by what. */
  readonly stopped: Parameters<Links['unsubscribe']>[1][] = []
  /** The page of preferences of whoever is known; by default nobody is. */
  person: { readonly token: string; readonly view: PreferenceView } | undefined
  /** What was saved on it. */
  readonly saved: PreferenceChoices[] = []

  preferencesOf(): ReturnType<Links['preferencesOf']> {
    this.#write('preferencesOf')
    return Promise.resolve(
      this.person === undefined ? { status: 'unknown' } : { status: 'done', token: this.person.token },
    )
  }

  preferences(token: string): Promise<PreferenceView> {
    this.#write('preferences')
    return Promise.resolve(this.person?.token === token ? this.person.view : { status: 'unknown' })
  }

  savePreferences(token: string, choices: PreferenceChoices): ReturnType<Links['savePreferences']> {
    this.#write('savePreferences')
    if (this.person?.token !== token) return Promise.resolve({ status: 'unknown' })
    this.saved.push(choices)
    return Promise.resolve({ status: 'done' })
  }

  unsubscribe(
    token: string,
    options?: Parameters<Links['unsubscribe']>[1],
  ): Promise<{ readonly status: 'done' | 'unknown' }> {
    this.#write('unsubscribe')
    this.stopped.push(options)
    return Promise.resolve({ status: this.#questions.has(token) ? 'done' : 'unknown' })
  }

  renew(_token: string): Promise<void> {
    this.#write('renew')
    return Promise.resolve()
  }

  #write(call: string): void {
    this.calls.push(call)
    if (this.broken !== undefined) throw this.broken
  }

  #view(token: string, purpose: LinkPurpose): LinkView {
    const entry = this.#questions.get(token)
    if (entry === undefined || (entry.question.purpose ?? 'respond') !== purpose) return { status: 'unknown' }
    const { question, current } = entry
    const { status = 'open', locale = 'en', originator = { name: 'Maria' }, answer = { type: 'yesNo' } } = question
    if (status === 'expired') return { status, locale, renewable: question.renewable ?? true }
    const content = question.content ?? { text: 'Dinner on Friday at 8?' }
    if (status === 'closed') {
      return { status, reason: question.reason ?? 'closed', locale, content, originator, current, answer }
    }
    return {
      status: 'open',
      purpose,
      invitationId: 'i1',
      content,
      originator,
      answer,
      name: question.name ?? 'Ann',
      locale,
      current,
      until: question.until === undefined ? new Date('2026-11-27T18:00:00Z') : question.until,
      channel: question.channel ?? 'email',
      category: question.category ?? 'invitation',
      ...(question.stop !== undefined && { stop: question.stop }),
    }
  }
}
