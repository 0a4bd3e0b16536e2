// Reads a message aloud where the browser has a voice for its language.

const CODES = { nb: ["nb", "no"], nn: ["nn", "nb", "no"], kmr: ["kmr", "ku"], ckb: ["ckb"], fa: ["fa", "prs"] };

function voiceFor(language) {
  const wanted = CODES[language] ?? [language];
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  for (const code of wanted) {
    const voice = voices.find((v) => v.lang.toLowerCase().split(/[-_]/)[0] === code && v.localService) ??
      voices.find((v) => v.lang.toLowerCase().split(/[-_]/)[0] === code);
    if (voice) return voice;
  }
  return null;
}

export const canRead = (language) => Boolean(voiceFor(language));

export function onVoices(tell) {
  globalThis.speechSynthesis?.addEventListener?.("voiceschanged", tell);
}

export function read(text, language, ended) {
  speechSynthesis.cancel();
  const words = new SpeechSynthesisUtterance(text.replace(/[\u2068\u2069•]/g, " "));
  words.voice = voiceFor(language);
  words.lang = words.voice.lang;
  words.rate = 0.9;
  words.onend = words.onerror = ended;
  speechSynthesis.speak(words);
}

export const stop = () => globalThis.speechSynthesis?.cancel();
