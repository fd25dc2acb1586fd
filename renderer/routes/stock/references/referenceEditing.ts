import type { Reply } from '../../../../src/contract/index.ts'
import type { Form } from '../../../components/form.svelte.ts'
import { errorWords } from '../../../messages/sentences.ts'
import { t } from '../../../messages/words.svelte.ts'
import type { Console } from '../../../stores/console.svelte.ts'
import type { OpenReference } from '../../../stores/stockReferences.svelte.ts'

const takenNames = ['stock.duplicateName', 'stock.duplicateLocation', 'stock.locationInsideItself']

/** Saves what a form says; a name that is taken is told beside its field. Answers whether it was saved. */
export async function saveReference<Draft extends object, Input>(
  app: Console,
  form: Form<Draft, Input>,
  save: (input: Input) => Promise<Reply<{ name: string }>>,
  field: keyof Draft,
): Promise<boolean> {
  const input = form.submit()
  if (!input) return false
  const reply = await save(input)
  if (reply.ok) {
    app.toasts.show({ tone: 'green', title: t('references.saved') })
    app.stock.references.open = null
    return true
  }
  if (takenNames.includes(reply.error.code)) form.refuse(field, errorWords(reply.error).title)
  else app.report(reply.error)
  return false
}

export async function removeReference(app: Console, open: OpenReference, name: string): Promise<void> {
  const { references } = app.stock
  const bringBack = await references.remove(open)
  if (!bringBack) return
  references.open = null
  app.toasts.show({
    tone: 'green',
    title: t('references.removed', { name }),
    action: { label: t('common.undo'), run: () => void bringBack() },
  })
}
