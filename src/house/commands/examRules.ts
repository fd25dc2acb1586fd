import type { examRulesCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** What the exam systems of boot profiles let candidates do. */
export const examRulesHandlers = ({
  examSystem,
  profiles,
  mark,
}: CommandDeps): HandlersOf<typeof examRulesCommands> => ({
  'examRules.get': (profileId) => examSystem.rules.of(profileId) ?? null,
  'examRules.set': async ({ profileId, rules }) => {
    const saved = await examSystem.setRules(profiles.get(profileId), rules)
    mark('profiles')
    return saved
  },
  'examRules.ofSitting': (sittingId) => examSystem.rules.ofSitting(sittingId) ?? null,
  'examRules.setOfSitting': ({ sittingId, rules, who }) => examSystem.setSittingRules(sittingId, rules, who),
  'examRules.profiles': () => examSystem.rules.profiles(),
})
