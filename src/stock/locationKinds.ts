import type { LocationKind } from '../contract/index.ts'

/** What places are called by, in both languages, without accents. */
const words: Partial<Record<LocationKind, string>> = {
  site: 'site campus ecole school lycee college gymnase universite university etablissement',
  building: 'batiment bat building bldg bloc block immeuble pavillon annexe annex',
  room: 'salle room local labo laboratoire lab laboratory bureau office atelier workshop amphi amphitheatre cdi classe classroom',
  cupboard: 'armoire placard cupboard cabinet etagere shelf rayon tiroir drawer casier locker',
  rack: 'baie rack',
  seat: 'place poste siege seat table pupitre desk',
  other: 'etage floor niveau level aile wing',
}
const kinds = new Map(
  (Object.entries(words) as [LocationKind, string][]).flatMap(([kind, all]) =>
    all.split(' ').map((word) => [word, kind] as const),
  ),
)

/** What is around a place of a kind. */
const around: Record<LocationKind, LocationKind> = {
  site: 'site',
  building: 'site',
  room: 'building',
  cupboard: 'room',
  rack: 'room',
  seat: 'room',
  other: 'building',
}

/** By its first word, `Salle B104`, or as rooms (`B104`) and rack units (`U12`) are numbered. */
function kindByName(name: string): LocationKind | undefined {
  const [first = ''] = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
  if (/^u\d{1,2}$/.test(first)) return 'rack'
  return kinds.get(first) ?? (/^[a-z]{0,2}\d{2,4}[a-z]?$/.test(first) ? 'room' : undefined)
}

/**
 * What a place is that is only known as a part of a path. A person may say otherwise.
 * @param inside the names that follow in the path
 * @param outside what the place is in
 */
export function guessLocationKind(name: string, inside: readonly string[], outside?: LocationKind): LocationKind {
  const [next] = inside
  const known = kindByName(name)
  if (known) return known
  const kindOfNext = next === undefined ? undefined : kindByName(next)
  if (kindOfNext) return around[kindOfNext]
  if (outside === undefined) return (['room', 'building'] as const)[inside.length] ?? 'site'
  if (outside === 'site') return inside.length > 0 ? 'building' : 'room'
  return outside === 'building' ? 'room' : 'other'
}
