/** The guide of the first start, and practice data. */
export const firstRun = {
  'guide.title': 'Welcome to Amorce',
  'guide.text': 'Four answers, and the console is yours. All of it can be changed later in the settings.',
  'guide.steps': 'Steps of the guide',
  'guide.step': 'Step {number} of {count}',
  'guide.step.look': 'Language',
  'guide.step.nic': 'Network card',
  'guide.step.room': 'Room',
  'guide.step.start': 'First exam',
  'guide.nic.text':
    'The card that is plugged into the exam room’s switch. Amorce answers on that one alone, never on the school’s network.',
  'guide.nic.none.text': 'You will choose one later, at the top of the screen.',
  'guide.room.text': 'Both answers can be left out.',
  'guide.start.text':
    'The simulated room boots 24 machines before your eyes, with real packets, and sends nothing out on the network. It comes with a stock, a room plan and a sitting that are made up, in a folder of their own: one click removes it all.',
  'guide.start.practice': 'Practise on the simulated room',
  'guide.start.console': 'Go to the console',
  'guide.back': 'Back',
  'guide.next': 'Continue',
  'guide.skip': 'Skip the guide',
  'guide.again': 'See the first-start guide again',
  'practice.title': 'Practice',
  'practice.text':
    'Everything here is made up. Your own data are untouched, and nothing that you do here goes into them.',
  'practice.end': 'Remove the practice data',
  'practice.begin': 'Practise on made-up data',
  'practice.about':
    'A stock, a room and a sitting that are made up, in a folder of their own. Your data are not touched; one click removes the practice.',
} as const
