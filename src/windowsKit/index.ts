export {
  deployName,
  kitFiles,
  kitNames,
  kitSources,
  manifestHashOf,
  readDeploy,
  writeKit,
  type KitFile,
} from './kit.ts'
