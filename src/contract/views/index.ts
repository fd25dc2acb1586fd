// What the screen shows. Times are milliseconds since the Unix epoch, sizes are bytes, rates are bytes per second.

export * from './app.ts'
export * from './boot.ts'
export * from './exam.ts'
export * from './leases.ts'
export * from './machines.ts'
export * from './network.ts'
export * from './preflight.ts'
export * from './services.ts'
export * from './settings.ts'
export * from './stock.ts'
export * from './transfers.ts'
export * from './update.ts'
