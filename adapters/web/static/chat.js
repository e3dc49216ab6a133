// The customer's chat. Says nothing by itself: words come from the page and from the server.
//
// A message of the customer's has an id of its own and waits in `queue`, which outlives a reload, until
// the server shows it back. It is sent again after every break; the server knows an id it has had.

import { Follower, Log, bubble, dots } from "./bubbles.js";
import { Line, newId } from "./line.js";

const at = (id) => document.getElementById(id);
const shop = at("shop");
const pane = at("log");
const words = at("words");
const chips = at("chips");
const presence = at("presence");

const QUEUE_KEY = "xiadan.queue";
const POLL_MS = 2500;
const POLL_AFTER_FAILURES = 3;
const ANSWER_PATIENCE_MS = 20000;

const log = new Log(at("entries"));
const follower = new Follower(pane, at("newest"));
let cursor = 0;
let oldest = 0;
let started = false;
let attendedBy = "bot";
let offeredFor = null;
let unread = 0;
const title = document.title;
let queue = storedQueue();
let pollTimer = null;
let typingTimer = null;
const typing = dots();
const waiting = new Map();

const line = new Line({
  address: () => `/chat/ws?after=${cursor}`,
  hear: (message) => HEARD[message.type] && HEARD[message.type](message),
  state: lineChanged,
});

const HEARD = {
  entries: (message) => take(message),
  refused: (message) => refuse(message.id, message.code),
  typing: () => showTyping(),
};

// What comes in

function take(message) {
  const first = !started;
  started = true;
  follower.around(() => {
    if (first && message.earlier) { at("earlier").hidden = false; }
    for (const entry of message.entries) {
      if (entry.seq <= cursor) continue;
      if (first && !oldest) oldest = entry.seq;
      cursor = entry.seq;
      if (entry.id) settle(entry.id);
      log.append(entry, firstWaiting());
      if (entry.who === "customer") chips.replaceChildren();
      else { hideTyping(); offer(entry); if (!first) count(); }
    }
    log.renewStates(message.orders, message.delivered_as);
    attendedBy = message.attended_by;
    at("welcome").hidden = cursor > 0 || queue.length > 0;
  }, { force: first });
  showPresence();
}

function count() {
  if (!document.hidden) return;
  unread += 1;
  document.title = `(${unread}) ${title}`;
}

function offer(entry) {
  // News leave an open question open, except that about their own order.
  const order = entry.card ? entry.card.order_no : null;
  if (entry.who === "news" && !entry.choices.length && order !== offeredFor) return;
  offeredFor = order;
  chips.replaceChildren(...entry.choices.map((choice) => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.textContent = choice.label;
    chip.addEventListener("click", () => say(choice.label, choice.means));
    return chip;
  }));
}

// What goes out

function say(text, means = null) {
  const said = text.trim();
  if (!said) return;
  const message = { id: newId(), text: said, means };
  queue.push(message);
  storeQueue();
  at("welcome").hidden = true;
  chips.replaceChildren();
  follower.around(() => { wait(message); showTyping(); }, { force: true });
  send(message);
}

function send(message) {
  if (line.send({ type: "say", ...message })) return;
  if (pollTimer !== null) post(message);
}

function wait(message) {
  const item = bubble("customer", message.text);
  item.dataset.sending = "";
  at("entries").append(item);
  waiting.set(message.id, item);
}

function firstWaiting() {
  const first = waiting.values().next();
  return first.done ? (typing.isConnected ? typing : null) : first.value;
}

function settle(id) {
  queue = queue.filter((message) => message.id !== id);
  storeQueue();
  const item = waiting.get(id);
  if (item) item.remove();
  waiting.delete(id);
}

function refuse(id, code) {
  const item = waiting.get(id);
  queue = queue.filter((message) => message.id !== id);
  storeQueue();
  waiting.delete(id);
  hideTyping();
  if (!item) return;
  delete item.dataset.sending;
  item.dataset.refused = "";
  item.append(troubleNote(code));
}

function troubleNote(code) {
  const note = document.createElement("span");
  note.className = "trouble";
  const texts = at("troubles").content;
  note.textContent = (texts.querySelector(`[data-code="${code}"]`) || texts.querySelector('[data-code="failed"]')).textContent;
  return note;
}

function storedQueue() {
  try { return JSON.parse(localStorage.getItem(QUEUE_KEY) || "[]"); } catch (_) { return []; }
}

function storeQueue() {
  // A webview may forbid storage; then the queue lives as long as the page.
  try { localStorage.setItem(QUEUE_KEY, JSON.stringify(queue)); } catch (_) { /* kept in memory */ }
}

// The line, and what stands in for it

function lineChanged(state, failures, code) {
  if (state === "open") {
    stopPolling();
    if (location.hash) history.replaceState(null, "", location.pathname);
    for (const message of queue) send(message);
  } else if (code === 4401 && location.hash !== "#again") {
    // Without its cookie the page starts anew, once: where cookies are forbidden it would never end.
    location.hash = "again";
    location.reload();
  } else if (failures >= POLL_AFTER_FAILURES) {
    startPolling();
  }
  showPresence(failures);
}

function startPolling() {
  if (pollTimer !== null) return;
  pollTimer = setInterval(poll, POLL_MS);
  poll();
}

function stopPolling() {
  clearInterval(pollTimer);
  pollTimer = null;
}

let reachable = false;

async function poll() {
  const got = await fetched(`/chat/since?after=${cursor}`);
  reachable = got !== null;
  if (got) {
    take(got);
    for (const message of queue) await post(message);
  }
  showPresence(POLL_AFTER_FAILURES);
}

async function post(message) {
  const got = await fetched("/chat/say", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Form-Token": shop.dataset.token },
    body: JSON.stringify({ ...message, after: cursor }),
  });
  if (got && got.type === "refused") refuse(message.id, got.code);
  else if (got) take(got);
}

async function fetched(address, options = {}) {
  try {
    const response = await fetch(address, { credentials: "same-origin", ...options });
    return response.ok || response.status === 429 ? await response.json() : null;
  } catch (_) {
    return null;
  }
}

// What is shown around it

function showPresence(failures = 0) {
  let key = "online";
  let name = "";
  if (!line.open) key = pollTimer !== null && reachable ? "polling" : failures > 1 ? "offline" : "connecting";
  else if (attendedBy === "queued") key = "queued";
  else if (attendedBy !== "bot") { key = "staff"; name = attendedBy; }
  presence.dataset.online = String(line.open || key === "polling");
  presence.textContent = presence.dataset[`text${key[0].toUpperCase()}${key.slice(1)}`].replace("{name}", name);
}

function showTyping() {
  if (attendedBy !== "bot" && attendedBy !== "queued") return;
  if (!line.open && pollTimer === null) return;
  at("entries").append(typing);
  clearTimeout(typingTimer);
  typingTimer = setTimeout(hideTyping, ANSWER_PATIENCE_MS);
}

function hideTyping() {
  clearTimeout(typingTimer);
  typing.remove();
}

async function showEarlier() {
  const got = await fetched(`/chat/before?seq=${oldest}`);
  if (!got || !got.entries.length) { at("earlier").hidden = true; return; }
  log.prepend(got.entries, pane);
  oldest = got.entries[0].seq;
  at("earlier").hidden = !got.earlier;
}

// The composer

function fit() {
  words.style.height = "auto";
  words.style.height = `${Math.min(words.scrollHeight + 2, 148)}px`;
  at("send").disabled = !words.value.trim();
}

function submit() {
  say(words.value);
  words.value = "";
  fit();
}

at("composer").addEventListener("submit", (event) => { event.preventDefault(); submit(); words.focus(); });
words.addEventListener("input", fit);
words.addEventListener("keydown", (event) => {
  // 229: the Enter that picks a word in a Chinese input method must not send.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  submit();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-say], [data-fill]");
  if (!button) return;
  if (button.dataset.say) { say(button.dataset.say); return; }
  words.value = button.dataset.fill;
  fit();
  words.focus();
});
at("earlier").addEventListener("click", showEarlier);
window.addEventListener("resize", () => { if (follower.atEnd()) follower.toEnd(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) { unread = 0; document.title = title; } });
if (window.visualViewport) {
  // On an iPhone the keyboard covers the page instead of shrinking it; so the page is shrunk here.
  window.visualViewport.addEventListener("resize", () => {
    const { height, scale } = window.visualViewport;
    if (scale !== 1) return;
    const followed = follower.atEnd();
    shop.style.height = window.innerHeight - height > 80 ? `${height}px` : "";
    window.scrollTo(0, 0);
    if (followed) follower.toEnd();
  });
}

for (const message of queue) wait(message);
const asked = new URLSearchParams(location.search).get("about");
if (asked && /^\d{14}$/.test(asked)) {
  words.value = `${asked} `;
  history.replaceState(null, "", "/");
  fit();
}
line.connect();
