import { defineConfig } from 'tsup'
import { sharedBuild } from '../../tsup.base.ts'

export default defineConfig(sharedBuild())
