/** The technician's PIN: what asks for it, and its settings. */
export const pin = {
  'pin.title': 'Technician’s PIN',
  'pin.prompt': 'It keeps the start and the stop of an exam, and the settings.',
  'pin.field': 'PIN',
  'pin.unlock': 'Unlock',
  'pin.unlock.why': 'The console is locked: the technician’s PIN opens it',
  'pin.lock': 'Lock',
  'pin.lock.why': 'The console is open: lock it now',
  'pin.intro':
    'An optional PIN for a console that is left alone: without it nobody starts or stops an exam or touches the settings. The stock and the sittings stay open to everybody.',
  'pin.limits':
    'It does not take the place of locking the session: whoever may use this computer’s account can remove the PIN in a terminal, and the journal will say so.',
  'pin.current': 'Present PIN',
  'pin.new': 'New PIN',
  'pin.new.hint': '4 to 12 digits.',
  'pin.new.wrong': '4 to 12 digits, nothing else.',
  'pin.again': 'The same once more',
  'pin.again.wrong': 'The two differ.',
  'pin.minutes': 'Stays open (minutes)',
  'pin.minutes.hint': 'The console locks itself afterwards.',
  'pin.minutes.wrong': 'A number from 1 to 60.',
  'pin.set': 'Set the PIN',
  'pin.change': 'Change',
  'pin.remove': 'Remove the PIN',
  'pin.saved': 'The technician’s PIN is set',
  'pin.removed': 'The technician’s PIN is removed',
} as const
