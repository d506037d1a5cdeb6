// Keeps the page true while somebody sees it: sections come when they changed, times move by
// themselves. Without this the page is as true as its last reload.
const words = JSON.parse(document.getElementById("words").textContent);
const skew = Date.now() - Date.parse(words.now);
const paused = document.getElementById("paused");
let source = null;

function two(big, unit, small, smallUnit) {
  return small ? `${big} ${unit} ${small} ${smallUnit}` : `${big} ${unit}`;
}
function span(s) {
  const [sec, min, h, d] = words.units;
  if (s < 60) return `${s} ${sec}`;
  if (s < 3600) return two(Math.floor(s / 60), min, s % 60, sec);
  if (s < 86400) return two(Math.floor(s / 3600), h, Math.floor(s / 60) % 60, min);
  return two(Math.floor(s / 86400), d, Math.floor(s / 3600) % 24, h);
}
function tick() {
  for (const time of document.querySelectorAll("time[data-as]")) {
    const past = Math.floor((Date.now() - skew - Date.parse(time.dateTime)) / 1000);
    const words_ = time.dataset.as === "span" ? span(Math.max(past, 0))
      : past === 0 ? words.justNow
      : past > 0 ? words.ago.replace("{}", span(past))
      : words.ahead.replace("{}", span(-past));
    if (time.textContent !== words_) time.textContent = words_;
  }
}
function watch() {
  if (source || document.hidden) return;
  source = new EventSource(words.events);
  source.onopen = () => { paused.hidden = true; };
  source.onerror = () => { paused.hidden = false; };
  source.addEventListener("section", (event) => {
    const { id, html } = JSON.parse(event.data);
    document.getElementById(id).innerHTML = html;
    tick();
  });
}
function rest() {
  if (source) source.close();
  source = null;
}
document.addEventListener("visibilitychange", () => (document.hidden ? rest() : watch()));
watch();
setInterval(() => { if (!document.hidden) tick(); }, 1000);
