// A verdict can be heard and felt: come in = 1 short, already in = 2 short, no entry = 1 long (DESIGN 4).

const VIBRATION = { yes: [120], dup: [120, 100, 120], deny: [600], cached: [120] };
const TONES = {
  yes: [[880, 0, 0.15]],
  dup: [[520, 0, 0.14], [520, 0.24, 0.14]],
  deny: [[180, 0, 0.6]],
  cached: [[660, 0, 0.15]],
};

let audio = null;

/** Allow sound; browsers ask for a touch first. */
export function unlockSound() {
  audio ??= "AudioContext" in globalThis ? new AudioContext() : null;
  audio?.resume?.().catch(() => {});
}

/** Let the phone beep and vibrate for a kind of verdict. */
export function signal(kind) {
  navigator.vibrate?.(VIBRATION[kind] ?? []);
  if (!audio || audio.state !== "running") return;
  for (const [pitch, after, lasts] of TONES[kind] ?? []) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.4, audio.currentTime + after);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + after + lasts);
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + after);
    tone.stop(audio.currentTime + after + lasts);
  }
}
