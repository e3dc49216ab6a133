// The desk. Lists and orders come drawn from the server; the conversation is drawn here, so that what an
// agent is typing never gets lost under a fresh list.

import { Follower, Log } from "./bubbles.js";
import { Line, newId } from "./line.js";

const at = (id) => document.getElementById(id);
const desk = at("desk");
const words = at("words");
const trouble = at("trouble");
const title = document.title;

const log = new Log(at("entries"), { customer: false });
const follower = new Follower(at("log"), at("newest"));
let box = "waiting";
let chat = null;
let cursor = 0;
let oldest = 0;
const drafts = new Map();
let sending = 0;

const line = new Line({
  address: () => "/desk/ws",
  hear: (message) => HEARD[message.type] && HEARD[message.type](message),
  state: (state, failures, code) => {
    if (code === 4401) { location.assign("/desk/login"); return; }
    at("presence").dataset.online = String(state === "open");
    at("presence").textContent = state === "open" ? at("presence").dataset.textOnline : at("presence").dataset.textOffline;
    if (state === "open") watch();
  },
});

const HEARD = {
  list: (message) => {
    at("list").innerHTML = message.html;
    const waiting = at("list").querySelector("[data-waiting]").dataset.waiting;
    document.title = waiting === "0" ? title : `(${waiting}) ${title}`;
  },
  side: (message) => {
    const typed = new Map(typedIn().map((input) => [placeOf(input), input.value]));
    const unfolded = new Set([...at("side").querySelectorAll("details[open]")].map((one) => one.dataset.open));
    at("side").innerHTML = message.html;
    for (const input of typedIn()) input.value = typed.get(placeOf(input)) || "";
    for (const one of at("side").querySelectorAll("details")) one.open = unfolded.has(one.dataset.open);
    showWhole();
  },
  entries: take,
};

// The whole recipients that were asked for, by order: they stay in sight when the orders are drawn anew.
const whole = new Map();

function typedIn() {
  return [...at("side").querySelectorAll("form input")];
}

function placeOf(input) {
  return [...Object.values(input.form.dataset), input.name].join("/");
}

function showWhole() {
  for (const [orderNo, recipients] of whole) {
    for (const { line_no: lineNo, account } of recipients) {
      const row = at("side").querySelector(`[data-whole="${orderNo}/${lineNo}"]`);
      if (!row) continue;
      row.querySelector("b").textContent = account;
      row.hidden = false;
    }
    const button = at("side").querySelector(`[data-recipients="${orderNo}"]`);
    if (button) button.hidden = true;
  }
}

function watch() {
  line.send({ type: "watch", box, ...(chat || {}), after: cursor });
}

function open(channel, chatId) {
  if (chat) drafts.set(chat.chat_id, words.value);
  chat = { channel, chat_id: chatId };
  cursor = 0;
  oldest = 0;
  log.clear();
  whole.clear();
  at("side").replaceChildren();
  at("earlier").hidden = true;
  trouble.hidden = true;
  words.value = drafts.get(chatId) || "";
  fit();
  at("nobody").hidden = true;
  at("talk").hidden = false;
  desk.dataset.pane = "talk";
  history.replaceState(null, "", `/desk?${new URLSearchParams({ channel, chat: chatId })}`);
  watch();
}

function take(message) {
  if (!chat || message.channel !== chat.channel || message.chat_id !== chat.chat_id) return;
  const first = cursor === 0;
  follower.around(() => {
    if (first) at("earlier").hidden = !message.earlier;
    for (const entry of message.entries) {
      if (entry.seq <= cursor) continue;
      if (!oldest) oldest = entry.seq;
      cursor = entry.seq;
      log.append(entry);
    }
    log.renewStates(message.orders, message.delivered_as);
  }, { force: first });
  at("talk-name").textContent = message.name || at("customer-name").content.textContent.replace("{tail}", chat.chat_id.slice(-4));
  showStanding(message);
}

function showStanding({ attended, attended_by: attendedBy, mine }) {
  const standing = at("talk-standing");
  const key = mine ? "mine" : attended;
  standing.textContent = standing.dataset[`text${key[0].toUpperCase()}${key.slice(1)}`].replace("{name}", attendedBy);
  at("take").hidden = attended === "agent";
  at("release").hidden = !mine;
  const wasOff = words.disabled;
  words.disabled = !mine;
  words.placeholder = mine ? words.dataset.textMine : words.dataset.textOther;
  if (wasOff && mine) words.focus();
  fit();
}

async function act(action, more = {}) {
  trouble.hidden = true;
  try {
    const response = await fetch(`/desk/${action}`, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-Form-Token": desk.dataset.token },
      body: JSON.stringify({ ...chat, ...more }),
    });
    if (response.ok) return await response.json();
    if (response.status === 401) location.assign("/desk/login");
    const got = response.status === 409 ? await response.json() : null;
    if (got && got.refused) showRefusal(got.refused);
    else if (got && got.waiting === false) showTrouble("textNotWaiting", "");
    else showTrouble(got ? "textTaken" : "textFailed", got ? got.attended_by : "");
  } catch (_) {
    showTrouble("textFailed", "");
  }
  return null;
}

function showTrouble(key, name) {
  trouble.textContent = trouble.dataset[key].replace("{name}", name);
  trouble.hidden = false;
}

function showRefusal(code) {
  trouble.textContent = JSON.parse(trouble.dataset.refusals)[code] || trouble.dataset.textFailed;
  trouble.hidden = false;
}

let unsaid = null;

async function submit() {
  const text = words.value.trim();
  if (!text || sending) return;
  // The same words tried again keep their id, so that a lost answer never doubles them.
  if (!unsaid || unsaid.text !== text || unsaid.chat !== chat) unsaid = { id: newId(), text, chat };
  sending += 1;
  const done = await act("say", { id: unsaid.id, text });
  sending -= 1;
  if (!done || unsaid.chat !== chat) return;
  unsaid = null;
  words.value = "";
  fit();
  follower.toEnd();
}

function fit() {
  words.style.height = "auto";
  words.style.height = `${Math.min(words.scrollHeight + 2, 148)}px`;
  at("send").disabled = words.disabled || !words.value.trim();
}

async function showEarlier() {
  const query = new URLSearchParams({ ...chat, seq: oldest });
  const response = await fetch(`/desk/before?${query}`, { credentials: "same-origin" });
  if (!response.ok) return;
  const got = await response.json();
  at("earlier").hidden = !got.earlier;
  if (!got.entries.length) return;
  log.prepend(got.entries, at("log"));
  oldest = got.entries[0].seq;
}

at("list").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.box) { box = button.dataset.box; watch(); } else if (button.dataset.chat) open(button.dataset.channel, button.dataset.chat);
});
at("take").addEventListener("click", async () => {
  if (!(await act("take")) || box !== "waiting") return;
  box = "mine";
  watch();
});
at("release").addEventListener("click", () => act("release"));
at("back").addEventListener("click", () => { desk.dataset.pane = "list"; delete desk.dataset.side; });
at("side-toggle").addEventListener("click", () => { desk.toggleAttribute("data-side"); });
at("side").addEventListener("click", async (event) => {
  const button = event.target.closest("[data-recipients]");
  if (!button) return;
  const asked = chat;
  const got = await act("recipients", { order_no: button.dataset.recipients });
  if (!got || asked !== chat) return;
  whole.set(got.order_no, got.recipients);
  showWhole();
});
at("side").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = event.submitter || form.querySelector("button");
  button.disabled = true;
  const { action = "ship", order, line: lineNo, key, proposal } = form.dataset;
  const asked = { order_no: order, ...Object.fromEntries(new FormData(form)) };
  if (lineNo) asked.line_no = Number(lineNo);
  if (key) asked.key_no = Number(key);
  if (proposal) asked.proposal_no = Number(proposal);
  if (button.dataset.agrees) asked.agrees = button.dataset.agrees === "yes";
  const done = await act(action, asked);
  if (done) form.reset();
  else button.disabled = false;
});
at("earlier").addEventListener("click", showEarlier);
at("composer").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
words.addEventListener("input", fit);
words.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  submit();
});

const asked = new URLSearchParams(location.search);
if (asked.get("chat")) open(asked.get("channel") || "web", asked.get("chat"));
line.connect();
