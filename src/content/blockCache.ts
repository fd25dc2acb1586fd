/**
 * File blocks in memory, least recently used out first, shared by every transfer: a room of machines that fetch the
 * same initrd reads it from the disk once. Blocks being read are in it too, so that many who miss together read once.
 */
export class BlockCache {
  readonly #capacity: number
  readonly #blocks = new Map<string, Buffer | Promise<Buffer>>()
  readonly #sizes = new Map<string, number>()
  #bytes = 0

  /** @param capacity bytes. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get bytes(): number {
    return this.#bytes
  }

  /**
   * @param size what `load` will return, in bytes.
   * @param load reads the block; a failure is told to all who wait for it and is not remembered.
   * @throws what a `load` that answers at once throws.
   */
  get(key: string, size: number, load: () => Promise<Buffer> | Buffer): Buffer | Promise<Buffer> {
    const held = this.#blocks.get(key)
    if (held !== undefined) {
      this.#blocks.delete(key)
      this.#blocks.set(key, held)
      return held
    }
    const loading = load()
    this.#blocks.set(key, loading)
    this.#sizes.set(key, size)
    this.#bytes += size
    if (loading instanceof Promise) this.#settle(key, loading)
    this.#evict()
    return loading
  }

  #settle(key: string, loading: Promise<Buffer>): void {
    loading.then(
      (block) => {
        // Setting an existing key keeps its place in the order.
        if (this.#blocks.get(key) === loading) this.#blocks.set(key, block)
      },
      () => {
        if (this.#blocks.get(key) === loading) this.#drop(key)
      },
    )
  }

  #evict(): void {
    for (const key of this.#blocks.keys()) {
      if (this.#bytes <= this.#capacity || this.#blocks.size === 1) return
      this.#drop(key)
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#sizes.get(key) ?? 0
    this.#sizes.delete(key)
    this.#blocks.delete(key)
  }
}
