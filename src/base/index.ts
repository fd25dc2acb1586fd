export { systemClock, type Cancel, type Clock } from './clock.ts'
export { ManualClock } from './manualClock.ts'
export { EventBus, type Emit, type Unsubscribe } from './bus.ts'
export { loggerTo, silentLogger, type Logger } from './logger.ts'
