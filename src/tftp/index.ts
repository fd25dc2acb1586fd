export { createTftpServer, type TftpServer, type TftpServerDeps } from './server.ts'
