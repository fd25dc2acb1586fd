let context: AudioContext | undefined

/** Two short tones, the second one higher: not a sound that any system makes for something else. */
export function soundAlarm(): void {
  // Not there in tests, nor where the computer has no sound.
  if (typeof AudioContext === 'undefined') return
  context ??= new AudioContext()
  const begin = context.currentTime
  for (const [i, frequency] of [660, 880].entries()) {
    const tone = context.createOscillator()
    const volume = context.createGain()
    tone.frequency.value = frequency
    const from = begin + i * 0.18
    volume.gain.setValueAtTime(0, from)
    volume.gain.linearRampToValueAtTime(0.2, from + 0.02)
    volume.gain.linearRampToValueAtTime(0, from + 0.15)
    tone.connect(volume).connect(context.destination)
    tone.start(from)
    tone.stop(from + 0.16)
  }
}
