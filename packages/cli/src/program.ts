import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { exitCodes, type ExitCode } from './exit-code.ts'
import type { Host } from './host.ts'
import { createOutput, type Output } from './output.ts'
import type { Session } from './session.ts'

/** The flags every command has. */
interface CommonFlags {
  readonly json?: boolean
  readonly db?: string
  readonly store?: string
  readonly config?: string
}

/** Receives what a command ended with. */
type End = (code: ExitCode) => void

/**
 * Runs one command.
 *
 * @param argv what was typed, without the program's name
 * @returns the exit code; rejects never
 */
export async function runProgram(argv: readonly string[], host: Host): Promise<number> {
  let code: ExitCode = exitCodes.done
  const program = createProgram(host, (result) => {
    code = result
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    code = await reportFailure(error, outputFor(host, { json: argv.includes('--json') }), host)
  }
  return host.stop.aborted && host.stop.reason === 'output closed' ? exitCodes.done : code
}

function outputFor({ stdout, stderr, environment }: Host, { json = false }: CommonFlags): Output {
  return createOutput({ stdout, stderr, environment, json })
}

async function reportFailure(error: unknown, output: Output, host: Host): Promise<ExitCode> {
  if (error instanceof CommanderError) {
    // Help and version are printed by now.
    if (error.exitCode === 0 || error.code === 'commander.help') return exitCodes.done
    const message = error.message.replace(/^error: /, '')
    output.failure({ code: 'REQUEST_INVALID', message: `${message}${/[.!?)]$/.test(message) ? '' : '.'}` })
    output.remark('See: invite-me --help')
    return exitCodes.usage
  }
  const { reportError } = await import('./report-error.ts')
  return reportError(error, output, host)
}

/**
 * Puts the commands together; what they do is loaded when one is run, so that `--version` and `--help` are quick.
 *
 * @param end called once, when a command has run
 */
export function createProgram(host: Host, end: End): Command {
  const program = new Command('invite-me')
    .description('Asks people something over whatever medium they use, and brings the answer back.')
    .version(readVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help for a command')
    .option('--json', 'print JSON: one document, or one document a line for streams')
    .option('--db <file>', 'the database (default: "invite-me.db")')
    .option('--store <address>', 'the database by its address: postgres://user:password@host/database')
    .option(
      '--config <file>',
      'the config file (default: "invite-me.config.yaml" or ".json", when there is one)',
    )
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      // A command that only holds others prints its help as if that were an error. Real errors are printed in the end.
      writeErr: (text) => host.stdout.write(text),
      outputError: () => {},
    })
    .exitOverride()
    .showSuggestionAfterError()

  const sessionOf = (command: Command): Session => {
    const flags = command.optsWithGlobals<CommonFlags>()
    return { host, output: outputFor(host, flags), flags }
  }
  addTry(program, sessionOf, end)
  addAsk(program, sessionOf, end)
  addSend(program, sessionOf, end)
  addStatus(program, sessionOf, end)
  addListen(program, sessionOf, end)
  addAnswerCommands(program, sessionOf, end)
  addSegments(program, sessionOf, end)
  addSchedules(program, sessionOf, end)
  addCounting(program, sessionOf, end)
  addSimulate(program, sessionOf, end)
  addUnmatched(program, sessionOf, end)
  addRecipients(program, sessionOf, end)
  addPreferences(program, sessionOf, end)
  addSuppressions(program, sessionOf, end)
  addChannels(program, sessionOf, end)
  addDoctor(program, sessionOf, end)
  addServing(program, sessionOf, end)
  addKeys(program, sessionOf, end)
  addTemplates(program, sessionOf, end)
  addMoving(program, sessionOf, end)
  addTryControls(program, sessionOf, end)
  return program
}

/** The version of this package; the file lies one folder up from the sources as well as from the bundle. */
function readVersion(): string {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return manifest.version
}

type SessionOf = (command: Command) => Session

function addTry(program: Command, sessionOf: SessionOf, end: End): void {
  const command = program
    .command('try')
    .description('ask yourself a question on a fake phone: no account, no keys')
    .option('--auto', 'let the fake phone answer by itself, then end; the default without a terminal')
    .option('--question <text>', 'what is asked', 'Dinner on Friday at 8?')
    .option('--port <number>', 'port of the page with the fake phone (default: any free one)', readPort)
    .option('--keep <file>', 'keep the database in this file (default: a temporary one)')
  command.action(async (flags) => {
    const { tryIt } = await import('./commands/try.ts')
    end(await tryIt(sessionOf(command), flags))
  })
}

function addMessageOptions(command: Command): Command {
  return command
    .requiredOption(
      '--to <who>',
      'a CSV file of people, an externalId or an address; can be repeated',
      collect,
    )
    .option('--subject <line>', 'subject line, where the medium has one')
    .option('--template <name>', 'a saved template instead of a text')
    .option('--variables <json>', 'values for the template: {"city":"Bonn"}')
    .option('--details <text>', 'more about it, shown on the page people answer on')
    .option('--via <channels>', 'channels to use, best first: email,log', readList)
    .option('--next <rule>', 'when to try the next channel: unlessAnswered=30m (default: "unlessAccepted")')
    .addOption(
      new Option('--routing <way>', 'one channel after another, or all at once').choices(['fallback', 'all']),
    )
    .option('--until <moment>', 'the deadline: 2026-11-27T18:00, or a time from now such as 2d')
    .option('--key <text>', 'repeating the command with the same key asks nobody twice')
    .option('--category <word>', 'people can switch off a category')
    .option('--from <name>', 'who asks')
    .option('--encoding <name>', 'encoding of CSV files that are not UTF-8: windows-1252')
    .addOption(
      new Option('--patience <time>', 'how long to go on while nothing can be handed over')
        .argParser(readDuration)
        .default(30_000, '30s'),
    )
}

/** @param when `with --wait: ` where answers come in only then */
function addListenerOptions(command: Command, when = ''): Command {
  return command
    .option('--poll <channels>', `${when}fetch answers: telegram,email,smpp`, readList)
    .option('--listen-mail <port>', `${when}receive e-mail replies by SMTP on this port`, readPort)
    .option(
      '--portal-port <port>',
      `${when}serve the page people answer on, and take in what providers report, on this port`,
      readPort,
    )
    .option('--public-url <url>', 'address under which people reach that page')
}

function addAsk(program: Command, sessionOf: SessionOf, end: End): void {
  const asking = addMessageOptions(program.command('ask').description('ask people a question'))
    .option('--question <text>', 'what is asked')
    .option('--answer <type>', 'yes-no, choice:A,B, poll:A,B, text, number, date or rsvp', 'yes-no')
    .option('--remind <times>', 'remind who has not answered: 1d,2d', readList)
    .option('--quorum <number>', 'how many yeses (of other types: answers) are enough', readCount)
    .option('--quorum-of <answer>', 'with --quorum: which answers count: accepted, answered or a value')
    .option('--close-at-quorum', 'with --quorum: call it off then for all who have not answered')
    .option('--wait', 'print a line per person as answers arrive, until everybody has one')
  const command = addListenerOptions(asking, 'with --wait: ')
  command.action(async (flags) => {
    requireWords(command, '--question <text>', flags.question ?? flags.template)
    const { ask } = await import('./commands/ask.ts')
    end(await ask(sessionOf(command), flags))
  })
}

function addSend(program: Command, sessionOf: SessionOf, end: End): void {
  const command = addMessageOptions(
    program.command('send').description('send people a notice that wants no answer'),
  ).option('--text <text>', 'what is said')
  command.action(async (flags) => {
    requireWords(command, '--text <text>', flags.text ?? flags.template)
    const { send } = await import('./commands/send.ts')
    end(await send(sessionOf(command), flags))
  })
}

/** Something is said: by a text, or by a template. */
function requireWords(command: Command, option: string, said: string | undefined): void {
  if (said === undefined)
    command.error(`error: required option '${option}' not specified; --template <name> will do, too`)
}

function addStatus(program: Command, sessionOf: SessionOf, end: End): void {
  const standing = program
    .command('status [id]')
    .description('tell how a message or an invitation stands, or list the newest messages')
    .option('--limit <number>', 'rows to show (default: 20 messages, 200 people)', readCount)
    .option('--wait', 'go on sending, and print answers as they arrive')
    .option('--via <channels>', 'with --wait: channels that are used though not set up: log', readList)
  const command = addListenerOptions(standing, 'with --wait: ')
  command.action(async (id: string | undefined, flags) => {
    const { status } = await import('./commands/status.ts')
    end(await status(sessionOf(command), id, flags))
  })
}

function addListen(program: Command, sessionOf: SessionOf, end: End): void {
  const listening = program
    .command('listen')
    .description('take in answers and send what falls due, until stopped; prints answers as they come')
    .option('--via <channels>', 'channels that are used though not set up: log', readList)
  const command = addListenerOptions(listening)
  command.action(async (flags) => {
    const { listen } = await import('./commands/listen.ts')
    end(await listen(sessionOf(command), flags))
  })
}

function addAnswerCommands(program: Command, sessionOf: SessionOf, end: End): void {
  const why = program
    .command('why <invitationId>')
    .description('tell in plain words what happened to an invitation, and why')
  why.action(async (invitationId: string) => {
    const module = await import('./commands/why.ts')
    end(await module.why(sessionOf(why), invitationId))
  })
  const respond = program
    .command('respond <invitationId> <answer>')
    .description("answer on somebody's behalf")
    .addOption(
      new Option('--as <kind>', "words, a button's value or JSON")
        .choices(['text', 'option', 'json'])
        .default('text'),
    )
  respond.action(async (invitationId: string, answer: string, flags) => {
    const module = await import('./commands/respond.ts')
    end(await module.respond(sessionOf(respond), invitationId, answer, flags))
  })
}

function addCounting(program: Command, sessionOf: SessionOf, end: End): void {
  const counting = program
    .command('tally <messageId>')
    .description('count the answers to a question')
    .option('--watch', 'print it again with each change, until nobody is left to answer')
  counting.action(async (messageId: string, flags) => {
    const { tally } = await import('./commands/tally.ts')
    end(await tally(sessionOf(counting), messageId, flags))
  })
  const exporting = program
    .command('answers <messageId>')
    .description('print what became of a question, a row a person')
    .addOption(new Option('--format <name>', 'how').choices(['csv', 'ndjson']).default('csv'))
  exporting.action(async (messageId: string, flags) => {
    const { answers } = await import('./commands/answers.ts')
    end(await answers(sessionOf(exporting), messageId, flags))
  })
}

function addSimulate(program: Command, sessionOf: SessionOf, end: End): void {
  const command = program
    .command('simulate <scenario>')
    .description('tell what would happen: people, faults of providers and answers from a YAML or JSON file')
  command.action(async (scenario: string) => {
    const { simulate } = await import('./commands/simulate.ts')
    end(await simulate(sessionOf(command), scenario))
  })
}

function addRecipients(program: Command, sessionOf: SessionOf, end: End): void {
  const recipients = program.command('recipients').description('the people that are known')
  const importing = recipients
    .command('import [file]')
    .description('store the people of a CSV file, of standard input for "-", or of a directory')
    .option('--encoding <name>', 'encoding of a file that is not UTF-8: windows-1252')
    .addOption(new Option('--from <directory>', 'instead of a file: who is in there').choices(['slack']))
  importing.action(async (file: string | undefined, flags) => {
    const { importRecipients } = await import('./commands/recipients-import.ts')
    end(await importRecipients(sessionOf(importing), file, flags))
  })
  const list = recipients
    .command('list')
    .description('list people')
    .option('--limit <number>', 'people to show (default: 100, with --json all)', readCount)
  list.action(async (flags) => {
    const { listRecipients } = await import('./commands/recipients-list.ts')
    end(await listRecipients(sessionOf(list), flags))
  })
  const show = recipients.command('show <externalId>').description('show one person with all their routes')
  show.action(async (externalId: string) => {
    const { showRecipient } = await import('./commands/recipients-show.ts')
    end(await showRecipient(sessionOf(show), externalId))
  })
  addConnect(recipients, sessionOf, end)
}

function addConnect(recipients: Command, sessionOf: SessionOf, end: End): void {
  const command = recipients
    .command('connect <externalId> <channel>')
    .description('make the address by which a person connects a medium: telegram')
    .addOption(
      new Option('--expires <time>', 'how long it works').argParser(readDuration).default(604_800_000, '7d'),
    )
  command.action(async (externalId: string, channel: string, flags) => {
    const { connectRecipient } = await import('./commands/recipients-connect.ts')
    end(await connectRecipient(sessionOf(command), { externalId, channel }, flags))
  })
}

function addSegments(program: Command, sessionOf: SessionOf, end: End): void {
  const segments = program.command('segment').description('people by what is known of them')
  const saving = segments
    .command('save <name> <filter>')
    .description('keep a filter under a name: JSON, a file of it, or "-" for standard input')
  saving.action(async (name: string, filter: string) => {
    const { saveSegment } = await import('./commands/segment-save.ts')
    end(await saveSegment(sessionOf(saving), name, filter))
  })
  const list = segments.command('list').description('list the saved ones')
  list.action(async () => {
    const { listSegments } = await import('./commands/segment-list.ts')
    end(await listSegments(sessionOf(list)))
  })
  const show = segments.command('show <name>').description('show the filter of one')
  show.action(async (name: string) => {
    const { showSegment } = await import('./commands/segment-show.ts')
    end(await showSegment(sessionOf(show), name))
  })
  const counting = segments
    .command('count <segment>')
    .description('say how many people are in one, by its name, or pass a filter')
  counting.action(async (segment: string) => {
    const { countSegment } = await import('./commands/segment-count.ts')
    end(await countSegment(sessionOf(counting), segment))
  })
  const preview = segments
    .command('preview <segment>')
    .description('list the first people in one, by its name, or of a filter')
    .option('--limit <number>', 'people to show (default: 10)', readCount)
  preview.action(async (segment: string, flags) => {
    const { previewSegment } = await import('./commands/segment-preview.ts')
    end(await previewSegment(sessionOf(preview), segment, flags))
  })
  const removing = segments.command('remove <name>').description('remove one; people stay as they are')
  removing.action(async (name: string) => {
    const { removeSegment } = await import('./commands/segment-remove.ts')
    end(await removeSegment(sessionOf(removing), name))
  })
}

function addPreferences(program: Command, sessionOf: SessionOf, end: End): void {
  const preferences = program.command('preferences').description('what people want to get, how and when')
  const show = preferences.command('show <externalId>').description('show what a person wants')
  show.action(async (externalId: string) => {
    const module = await import('./commands/preferences.ts')
    end(await module.showPreferences(sessionOf(show), externalId))
  })
  const set = preferences
    .command('set <externalId>')
    .description('change what a person wants; what is not named stays')
    .option('--order <channels>', 'channels, best first: telegram,email')
    .option('--off <kinds>', 'what is off: news, news@email, @email; "none" for nothing')
    .option('--on <kinds>', 'what is on: news, news@email; "none" for nothing')
    .option('--window <hours>', 'any, usual, 09:00-21:00, or hours for days in JSON')
    .option('--zone <name>', 'the time zone, Europe/Berlin; "none" when it is not known')
  set.action(async (externalId: string, flags) => {
    const module = await import('./commands/preferences.ts')
    end(await module.setPreferences(sessionOf(set), externalId, flags))
  })
  const link = preferences
    .command('link <externalId>')
    .description("make the address of a person's own page of preferences")
    .addOption(new Option('--expires <time>', 'how long it works (default: 30d)').argParser(readDuration))
  link.action(async (externalId: string, flags) => {
    const module = await import('./commands/preferences.ts')
    end(await module.linkPreferences(sessionOf(link), externalId, flags))
  })
}

function addSuppressions(program: Command, sessionOf: SessionOf, end: End): void {
  const suppressions = program
    .command('suppressions')
    .description('addresses that must not be written to, and by whose word')
  const list = suppressions
    .command('list', { isDefault: true })
    .description('list them, oldest first')
    .option('--channel <name>', 'those of one channel')
    .option('--category <word>', 'those of one kind of message')
    .option('--source <word>', 'those known in one way: one-click, reply, import')
    .option('--limit <number>', 'rows to show (default: 100, with --json all)', readCount)
  list.action(async (flags) => {
    const module = await import('./commands/suppressions.ts')
    end(await module.listSuppressions(sessionOf(list), flags))
  })
  const format = () => new Option('--format <name>', 'how it is written').choices(['csv', 'ndjson'])
  const importing = suppressions
    .command('import <file>')
    .description('take them from a file of CSV or NDJSON, of standard input for "-"')
    .addOption(format())
    .option('--encoding <name>', 'encoding of a CSV file that is not UTF-8: windows-1252')
  importing.action(async (file: string, flags) => {
    const module = await import('./commands/suppressions.ts')
    end(await module.importSuppressions(sessionOf(importing), file, flags))
  })
  const exporting = suppressions
    .command('export')
    .description('print all of them, to be imported elsewhere')
    .addOption(format().default('csv'))
  exporting.action(async (flags) => {
    const module = await import('./commands/suppressions.ts')
    end(await module.exportSuppressions(sessionOf(exporting), flags))
  })
}

function addUnmatched(program: Command, sessionOf: SessionOf, end: End): void {
  const unmatched = program.command('unmatched').description('what came in and fits nothing that was sent')
  const list = unmatched
    .command('list', { isDefault: true })
    .description('list it, oldest first')
    .option('--limit <number>', 'rows to show (default: 100, with --json all)', readCount)
  list.action(async (flags) => {
    const { listUnmatched } = await import('./commands/unmatched-list.ts')
    end(await listUnmatched(sessionOf(list), flags))
  })
  const dropping = unmatched.command('drop <id>').description('throw one away once it was looked at')
  dropping.action(async (id: string) => {
    const { dropUnmatched } = await import('./commands/unmatched-drop.ts')
    end(await dropUnmatched(sessionOf(dropping), id))
  })
}

function addSchedules(program: Command, sessionOf: SessionOf, end: End): void {
  const schedule = program.command('schedule').description('what is sent and asked by the clock')
  addScheduleAdd(schedule, sessionOf, end)
  const list = schedule.command('list', { isDefault: true }).description('list schedules')
  list.action(async () => {
    const { listSchedules } = await import('./commands/schedules.ts')
    end(await listSchedules(sessionOf(list)))
  })
  const show = schedule.command('show <name>').description('show one schedule with its newest runs')
  show.action(async (name: string) => {
    const { showSchedule } = await import('./commands/schedules.ts')
    end(await showSchedule(sessionOf(show), name))
  })
  const next = schedule
    .command('next <name>')
    .description('tell its next moments')
    .option('--count <number>', 'how many (default: 5)', readCount)
  next.action(async (name: string, flags) => {
    const { nextOfSchedule } = await import('./commands/schedules.ts')
    end(await nextOfSchedule(sessionOf(next), name, flags))
  })
  const switches = [
    [schedule.command('enable <name>').description('go on from now; what passed is not missed'), true],
    [schedule.command('disable <name>').description('make no more runs until it is enabled'), false],
  ] as const
  for (const [command, isOn] of switches)
    command.action(async (name: string) => {
      const { switchSchedule } = await import('./commands/schedules.ts')
      end(await switchSchedule(sessionOf(command), name, { isOn }))
    })
  const run = schedule
    .command('run <name>')
    .description('make a run at once, beside those by the clock')
    .option('--via <channels>', 'channels that are used though not set up: log', readList)
  run.action(async (name: string, flags) => {
    const { runSchedule } = await import('./commands/schedules.ts')
    end(await runSchedule(sessionOf(run), name, flags))
  })
  const remove = schedule.command('remove <name>').description('remove a schedule with its runs')
  remove.action(async (name: string) => {
    const { removeSchedule } = await import('./commands/schedules.ts')
    end(await removeSchedule(sessionOf(remove), name))
  })
}

function addScheduleAdd(schedule: Command, sessionOf: SessionOf, end: End): void {
  const command = schedule
    .command('add <name>')
    .description('make a schedule, or change the one of this name')
    .option('--cron <fields>', 'minute, hour, day, month, day of the week: "0 9 * * 1"')
    .addOption(new Option('--every <time>', 'every so often: 15m, 1d').argParser(readDuration))
    .option('--at <moment>', 'once: 2026-11-27T18:00; with --on-attribute a time of day: 10:00')
    .option('--rrule <rule>', 'a recurrence rule of RFC 5545 that begins at --start: FREQ=MONTHLY;BYDAY=1MO')
    .option('--on-attribute <name>', "every year on the day of a person's attribute, in their zone: birthday")
    .option('--start <moment>', 'where --rrule and --every begin')
    .option('--zone <zone>', 'time zone of these times: Europe/Berlin')
    .option('--starts <moment>', 'no run before it')
    .option('--ends <moment>', 'no run after it')
    .addOption(
      new Option(
        '--missed <what>',
        'of moments nobody was there for (default: once for all of them)',
      ).choices(['skip', 'once', 'all']),
    )
    .addOption(
      new Option('--jitter <time>', 'begin up to this much later, at random').argParser(readDuration),
    )
    .option('--description <text>', 'what it is for')
    .option('--disabled', 'make no runs until it is enabled')
    .option('--to <who>', 'a CSV file of people, an externalId or an address; can be repeated', collect)
    .option('--text <text>', 'a notice: what is said')
    .option('--question <text>', 'a question: what is asked')
    .option('--answer <type>', 'yes-no, choice:A,B, poll:A,B, text, number, date or rsvp (default: "yes-no")')
    .option('--remind <times>', 'remind who has not answered: 1d,2d', readList)
    .option('--subject <line>', 'subject line, where the medium has one')
    .option('--details <text>', 'more about it, shown on the page people answer on')
    .option('--via <channels>', 'channels to use, best first: email,log', readList)
    .option('--next <rule>', 'when to try the next channel: unlessAnswered=30m (default: "unlessAccepted")')
    .addOption(
      new Option('--routing <way>', 'one channel after another, or all at once').choices(['fallback', 'all']),
    )
    .option('--until <time>', 'the deadline, counted from each run: 2d')
    .option('--category <word>', 'people can switch off a category')
    .option('--from <name>', 'who asks')
    .option('--encoding <name>', 'encoding of CSV files that are not UTF-8: windows-1252')
  command.action(async (name: string, flags) => {
    const { addSchedule } = await import('./commands/schedule-add.ts')
    end(await addSchedule(sessionOf(command), name, flags))
  })
}

function addChannels(program: Command, sessionOf: SessionOf, end: End): void {
  const channels = program.command('channels').description('the media that can be used')
  const list = channels.command('list').description('list every channel, what it needs and what it can do')
  list.action(async () => {
    const { listChannels } = await import('./commands/channels-list.ts')
    end(await listChannels(sessionOf(list)))
  })
  const checking = channels
    .command('doctor [names...]')
    .description('check credentials and connections without sending; default all that are set up')
  checking.action(async (names: readonly string[]) => {
    const { checkChannels } = await import('./commands/channels-doctor.ts')
    end(await checkChannels(sessionOf(checking), names))
  })
  const testing = channels
    .command('test <name>')
    .description('send one message to one address, and to nobody else')
    .requiredOption('--to <address>', 'where it goes')
    .option('--text <text>', 'what is said', 'A test message of invite-me. There is nothing to do.')
    .addOption(
      new Option('--patience <time>', 'how long to wait for the provider')
        .argParser(readDuration)
        .default(30_000, '30s'),
    )
  testing.action(async (name: string, flags) => {
    const { testChannel } = await import('./commands/channels-test.ts')
    end(await testChannel(sessionOf(testing), name, flags))
  })
}

function addDoctor(program: Command, sessionOf: SessionOf, end: End): void {
  const command = program
    .command('doctor')
    .description('look whether everything is in order, without sending anything')
  command.action(async () => {
    const { doctor } = await import('./commands/doctor.ts')
    end(await doctor(sessionOf(command)))
  })
}

function addServing(program: Command, sessionOf: SessionOf, end: End): void {
  const version = readVersion()
  const serving = program
    .command('serve')
    .description('serve the HTTP interface and do the work behind it, until stopped')
    .addOption(new Option('--role <roles>', 'what this process does (default: all)').argParser(readRoles))
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--port <number>', 'port to listen on (default: 8080)', readPort)
    .option('--no-bootstrap-key', 'make no first owner key')
    .option('--via <channels>', 'channels that are used though not set up: log', readList)
    .option('--poll <channels>', 'fetch answers: telegram,email,smpp', readList)
    .option('--listen-mail <port>', 'receive e-mail replies by SMTP on this port', readPort)
  serving.action(async (flags) => {
    const { serve } = await import('./commands/serve.ts')
    end(await serve(sessionOf(serving), { ...flags, version }))
  })
  const working = program
    .command('worker')
    .description('send what falls due and nothing else, until stopped; the same as serve --role dispatcher')
    .option('--host <address>', 'address to listen on for health and metrics (default: 127.0.0.1)')
    .option('--port <number>', 'port to listen on for health and metrics (default: none)', readPort)
    .option('--via <channels>', 'channels that are used though not set up: log', readList)
  working.action(async (flags) => {
    const { worker } = await import('./commands/worker.ts')
    end(await worker(sessionOf(working), { ...flags, version }))
  })
}

function addKeys(program: Command, sessionOf: SessionOf, end: End): void {
  const keys = program.command('keys').description('keys to the HTTP interface')
  const creating = keys
    .command('create')
    .description('make a key and show its secret, this once')
    .requiredOption('--name <text>', 'what it is for')
    .addOption(
      new Option('--role <role>', 'what it may do (default: sender)')
        .choices(['viewer', 'sender', 'admin', 'owner'])
        .conflicts('scopes'),
    )
    .option('--scopes <scopes>', 'instead of a role: send,read,live,admin,owner', readList)
    .addOption(
      new Option('--expires <time>', 'how long it works (default: for ever)').argParser(readDuration),
    )
  creating.action(async (flags) => {
    const { createKey } = await import('./commands/keys.ts')
    end(await createKey(sessionOf(creating), flags))
  })
  const list = keys.command('list', { isDefault: true }).description('list keys, without their secrets')
  list.action(async () => {
    const { listKeys } = await import('./commands/keys.ts')
    end(await listKeys(sessionOf(list)))
  })
  const revoking = keys.command('revoke <id>').description('end a key at once')
  revoking.action(async (id: string) => {
    const { revokeKey } = await import('./commands/keys.ts')
    end(await revokeKey(sessionOf(revoking), id))
  })
}

function addTemplates(program: Command, sessionOf: SessionOf, end: End): void {
  const templates = program.command('template').description('texts with variables, by locale and channel')
  const saving = templates
    .command('save <name> <file>')
    .description('save the next version from a YAML or JSON file; - reads standard input')
  saving.action(async (name: string, file: string) => {
    const { saveTemplate } = await import('./commands/template.ts')
    end(await saveTemplate(sessionOf(saving), name, file))
  })
  const list = templates.command('list', { isDefault: true }).description('list templates')
  list.action(async () => {
    const { listTemplates } = await import('./commands/template.ts')
    end(await listTemplates(sessionOf(list)))
  })
  const showing = templates
    .command('show <name>')
    .description('show a template with its texts')
    .option('--at-version <number>', 'an older version (default: the newest)', readCount)
  showing.action(async (name: string, flags) => {
    const { showTemplate } = await import('./commands/template.ts')
    end(await showTemplate(sessionOf(showing), name, flags))
  })
  const previewing = templates
    .command('preview <name>')
    .description('fill a template in without sending it')
    .option('--to <externalId>', 'for this person')
    .option('--channel <name>', 'in the words of this channel, counted as it counts')
    .option('--locale <tag>', 'in this language: de')
    .option('--variables <json>', 'values: {"city":"Bonn"}')
    .option('--at-version <number>', 'an older version (default: the newest)', readCount)
    .option('--price <price>', 'what a segment costs: "0.0079 USD"')
  previewing.action(async (name: string, flags) => {
    const { previewTemplate } = await import('./commands/template.ts')
    end(await previewTemplate(sessionOf(previewing), name, flags))
  })
  const removing = templates.command('remove <name>').description('remove a template with all its versions')
  removing.action(async (name: string) => {
    const { removeTemplate } = await import('./commands/template.ts')
    end(await removeTemplate(sessionOf(removing), name))
  })
}

function addMoving(program: Command, sessionOf: SessionOf, end: End): void {
  const migrating = program
    .command('migrate')
    .description('move everything into an empty database of the other kind, or the same, and compare it')
    .option('--from <address>', 'a file or postgres://… (default: the database of the settings)')
    .requiredOption('--to <address>', 'a file or postgres://…, empty or not there yet')
    .option('--force', 'also while processes work on it; what they do meanwhile is left behind')
  migrating.action(async (flags) => {
    const { migrate } = await import('./commands/migrate.ts')
    end(await migrate(sessionOf(migrating), flags))
  })
  const backing = program
    .command('backup <file>')
    .description('write everything into one new file, also while it is in use')
  backing.action(async (file: string) => {
    const { backup } = await import('./commands/backup.ts')
    end(await backup(sessionOf(backing), file))
  })
  const restoring = program
    .command('restore <file>')
    .description('fill an empty database with what a backup holds')
  restoring.action(async (file: string) => {
    const { restore } = await import('./commands/restore.ts')
    end(await restore(sessionOf(restoring), file))
  })
}

function addTryControls(program: Command, sessionOf: SessionOf, end: End): void {
  const breaking = program
    .command('break <channel>')
    .description('make a channel of the running "try" fail, to watch the fallback')
    .option('--down', 'cut it off instead of letting it refuse: sending is tried again for a while first')
  breaking.action(async (channel: string, flags) => {
    const { breakChannel } = await import('./commands/break.ts')
    end(await breakChannel(sessionOf(breaking), channel, flags))
  })
  const mending = program
    .command('mend [channel]')
    .description('take "break" back; without a channel, all of it')
  mending.action(async (channel: string | undefined) => {
    const { mendChannel } = await import('./commands/mend.ts')
    end(await mendChannel(sessionOf(mending), channel))
  })
  const clock = program.command('clock').description('the clock of the running "try"')
  const advance = clock
    .command('advance')
    .description('move it forward: 30m, 2h, 1d')
    .argument('<time>', 'how far', readDuration)
  advance.action(async (byMs: number) => {
    const { advanceClock } = await import('./commands/clock-advance.ts')
    end(await advanceClock(sessionOf(advance), byMs))
  })
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

function readList(value: string, before: readonly string[] = []): readonly string[] {
  const parts = value.split(',').map((part) => part.trim())
  if (parts.includes('')) throw new InvalidArgumentError('Write names with commas between them.')
  return [...before, ...parts]
}

function readRoles(value: string, before: readonly string[] = []): readonly string[] {
  const roles = readList(value, before)
  const known = ['all', 'api', 'dispatcher', 'scheduler']
  if (!roles.every((role) => known.includes(role)))
    throw new InvalidArgumentError(`Roles are ${known.join(', ')}.`)
  return roles
}

function readPort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 65_536
  if (port > 65_535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535; 0 takes any free one.')
  return port
}

function readCount(value: string): number {
  const count = /^\d{1,9}$/.test(value) ? Number(value) : 0
  if (count < 1) throw new InvalidArgumentError('Write a whole number from 1 on.')
  return count
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

function readDuration(value: string): number {
  const [, amount, unit = ''] = /^(\d{1,9})(ms|s|m|h|d|w)$/.exec(value) ?? []
  const ms = Number(amount) * (unitMs[unit] ?? Number.NaN)
  if (!(ms >= 1)) throw new InvalidArgumentError('Write a length of time, for example 30s, 30m, 12h or 2d.')
  return ms
}
