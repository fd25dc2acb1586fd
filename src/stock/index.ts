export { createStock, type ItemChange, type MachineIdentity, type Stock } from './stock.ts'
