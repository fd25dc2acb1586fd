import { z } from 'zod'
import {
  type CustomFieldView,
  type ItemTypeView,
  type LocationView,
  type PersonView,
  type SupplierView,
  customFieldKinds,
  locationKinds,
} from '../views/index.ts'
import { command, id, nameSchema, nothing, text } from './fields.ts'

export const locationInputSchema = z.object({
  parentId: id.optional(),
  name: nameSchema(80).refine((name) => !name.includes('/')),
  kind: z.enum(locationKinds),
  notes: text(1000),
})
export type LocationInput = z.infer<typeof locationInputSchema>

export const typeIdSchema = text(32).regex(/^[A-Za-z][A-Za-z0-9]*$/)

export const itemTypeInputSchema = z.object({
  /** Empty for a built-in one that keeps its own words. */
  name: text(60),
  /** `#` is a digit of a running number, `{yyyy}` and `{yy}` the year. */
  tagPattern: text(40).regex(/^[^#]*#{1,8}[^#]*$/),
})
export type ItemTypeInput = z.infer<typeof itemTypeInputSchema>

export const customFieldInputSchema = z.object({
  type: typeIdSchema.optional(),
  name: nameSchema(60),
  kind: z.enum(customFieldKinds),
  choices: z.array(nameSchema(80)).max(50),
})
export type CustomFieldInput = z.infer<typeof customFieldInputSchema>

const contactShape = { name: nameSchema(120), email: text(200), phone: text(60), notes: text(2000) }
export const supplierInputSchema = z.object({ ...contactShape, address: text(500) })
export type SupplierInput = z.infer<typeof supplierInputSchema>
export const personInputSchema = z.object({ ...contactShape, department: text(120) })
export type PersonInput = z.infer<typeof personInputSchema>

const customFieldViewSchema = customFieldInputSchema.extend({ id })

/** What items are described by: places, types, fields, suppliers, people. */
export const placesCommands = {
  /** Every place, with how many items it holds. */
  'location.list': command<typeof nothing, LocationView[]>(nothing),
  /** Another number once any place was made, changed or removed. */
  'location.revision': command<typeof nothing, number>(nothing),
  'location.add': command<typeof locationInputSchema, LocationView>(locationInputSchema),
  'location.update': command<z.ZodType<{ id: number; location: LocationInput }>, LocationView>(
    z.object({ id, location: locationInputSchema }),
  ),
  'location.remove': command<typeof id, void>(id),

  'itemType.list': command<typeof nothing, ItemTypeView[]>(nothing),
  'itemType.add': command<typeof itemTypeInputSchema, ItemTypeView>(itemTypeInputSchema),
  'itemType.update': command<z.ZodType<{ id: string; type: ItemTypeInput }>, ItemTypeView>(
    z.object({ id: typeIdSchema, type: itemTypeInputSchema }),
  ),
  'itemType.remove': command<typeof typeIdSchema, void>(typeIdSchema),

  'customField.list': command<typeof nothing, CustomFieldView[]>(nothing),
  'customField.add': command<typeof customFieldInputSchema, CustomFieldView>(customFieldInputSchema),
  'customField.update': command<z.ZodType<{ id: number; field: CustomFieldInput }>, CustomFieldView>(
    z.object({ id, field: customFieldInputSchema }),
  ),
  /** Answers what `customField.restore` brings back (undo). */
  'customField.remove': command<typeof id, CustomFieldView>(id),
  'customField.restore': command<typeof customFieldViewSchema, CustomFieldView>(customFieldViewSchema),

  'supplier.list': command<typeof nothing, SupplierView[]>(nothing),
  'supplier.add': command<typeof supplierInputSchema, SupplierView>(supplierInputSchema),
  'supplier.update': command<z.ZodType<{ id: number; supplier: SupplierInput }>, SupplierView>(
    z.object({ id, supplier: supplierInputSchema }),
  ),
  'supplier.remove': command<typeof id, void>(id),

  'person.list': command<typeof nothing, PersonView[]>(nothing),
  'person.add': command<typeof personInputSchema, PersonView>(personInputSchema),
  'person.update': command<z.ZodType<{ id: number; person: PersonInput }>, PersonView>(
    z.object({ id, person: personInputSchema }),
  ),
  'person.remove': command<typeof id, void>(id),
} as const
