export { backUpWorkspace, restoreWorkspace } from './back-up-workspace.ts'
export { copyWorkspace, type CopyOptions, type CopyProgress, type CopyReport } from './copy-workspace.ts'
export { storeAt } from './store-at.ts'
export { describeLocation, readLocation, type WorkspaceLocation } from './workspace-location.ts'
