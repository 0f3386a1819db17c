export { readIdList, type IdListOptions } from './id-list.ts'
export { readPeopleCsv, type PeopleCsvOptions } from './people-csv.ts'
export { phoneChannelAmong } from './phone-channel.ts'
export { readSuppressions, suppressionColumns } from './read-suppressions.ts'
