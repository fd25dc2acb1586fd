export { makeSampleExam } from './sampleExam.ts'
export { openHouse, type Desktop, type House, type HouseOptions } from './house.ts'
