// The camera of the gate: one stream, read a few times a second while nobody is being answered.

const EVERY_MS = 120;

/** Start the camera behind a video element and call onCode with each text that it sees. */
export async function startCamera(video, decode, onCode) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 1280 } },
  });
  video.srcObject = stream;
  await video.play();
  const track = stream.getVideoTracks()[0];
  let paused = false;
  let timer = 0;

  async function look() {
    if (!paused && video.readyState >= 2 && !document.hidden) {
      const text = await decode(video).catch(() => null);
      if (text && !paused) onCode(text);
    }
    timer = setTimeout(look, EVERY_MS);
  }
  look();

  return {
    pause: () => { paused = true; },
    resume: () => { paused = false; },
    stop: () => { clearTimeout(timer); track.stop(); },
    hasTorch: Boolean(track.getCapabilities?.().torch),
    torch: (on) => track.applyConstraints({ advanced: [{ torch: on }] }),
  };
}
