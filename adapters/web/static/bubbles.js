// Draws what was said. Used by the customer's chat and by the desk, so both see the same thing.
// Every word comes from the page's templates or from the server; text is only ever set as text.

const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

const SHOP_ZONE = "Asia/Shanghai";
const clock = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: SHOP_ZONE });
const dayAndClock = new Intl.DateTimeFormat("zh-CN", {
  month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: SHOP_ZONE,
});
const day = new Intl.DateTimeFormat("zh-CN", { year: "numeric", month: "numeric", day: "numeric", timeZone: SHOP_ZONE });

export const timeText = (moment, now = new Date()) =>
  (day.format(moment) === day.format(now) ? clock : dayAndClock).format(moment);

// The host is left out: the pages also work under another name than the public one.
const ORDER_PAGE = /https?:\/\/[^\s/]+(\/o\/[A-Za-z0-9_-]+)/;

const PAUSE_MS = 5 * 60 * 1000;

/** The list of a conversation's entries. One slip stands for each order: news of an order renews it. */
export class Log {
  /** `customer`: drawn for the customer himself, who can pay and tap; else for the desk, which cannot. */
  constructor(list, { customer = true } = {}) {
    this.list = list;
    this.customer = customer;
    this.clear();
  }

  clear() {
    this.list.replaceChildren();
    this.slips = new Map();
    this.seen = new Set();
    this.offer = null;
    this.lastAt = 0;
    this.lastName = "";
  }

  /** Draw an entry after those that are there. False when it was drawn before. */
  append(entry, before = null) {
    if (this.seen.has(entry.seq)) return false;
    this.seen.add(entry.seq);
    const at = new Date(entry.at);
    if (at - this.lastAt > PAUSE_MS) {
      const when = clone("when");
      when.firstElementChild.textContent = timeText(at);
      when.firstElementChild.dateTime = entry.at;
      this.list.insertBefore(when, before);
      this.lastName = "";
    }
    this.lastAt = +at;
    this.list.insertBefore(this.drawn(entry), before);
    return true;
  }

  /** Draw older entries above the others, and keep what is being read where it is. */
  prepend(entries, pane) {
    const height = pane.scrollHeight;
    const later = this.list.firstChild;
    const kept = [this.lastAt, this.lastName, this.offer];
    this.lastAt = 0;
    this.offer = null;
    // An older slip must not take the place of the newer one, so older entries bring words only.
    for (const entry of entries) this.append({ ...entry, card: null, pay_url: null }, later);
    this.retireOffer();
    [this.lastAt, this.lastName, this.offer] = kept;
    pane.scrollTop += pane.scrollHeight - height;
  }

  drawn(entry) {
    const item = bubble(entry.who, this.words(entry));
    if (this.customer) linkPages(item, entry);
    item.dataset.seq = entry.seq;
    item.title = timeText(new Date(entry.at));
    const name = this.nameOf(entry);
    if (name && name !== this.lastName) {
      const who = item.querySelector(".who");
      who.textContent = name;
      who.hidden = false;
    }
    this.lastName = name;
    if (entry.who === "customer") this.retireOffer();
    if (entry.choices.length) this.drawOffer(item, entry.choices);
    if (entry.card) this.renewSlip(item, entry);
    else if (entry.pay_url) item.append(this.actions(entry));
    return item;
  }

  /** The goods that could be chosen stay readable after the buttons for them have gone. */
  drawOffer(item, choices) {
    this.retireOffer();
    const named = choices.filter((choice) => !choice.acts);
    if (!named.length) return;
    this.offer = document.createElement("ul");
    this.offer.className = "offered";
    this.offer.hidden = this.customer;
    for (const choice of named) {
      const label = document.createElement("li");
      label.textContent = choice.label;
      this.offer.append(label);
    }
    item.append(this.offer);
  }

  retireOffer() {
    if (this.offer) this.offer.hidden = false;
    this.offer = null;
  }

  /** Without the address of an order page, where the slip below has a button for it. */
  words(entry) {
    const drawn = entry.card && entry.card.order_url && !entry.pay_url;
    // Staff cannot open it, and need not see it.
    if ((this.customer && !drawn) || !ORDER_PAGE.test(entry.text)) return entry.text;
    return entry.text.replace(ORDER_PAGE, "").trimEnd().replace(/：$/, "。");
  }

  nameOf(entry) {
    if (this.customer && (entry.who === "customer" || entry.who === "bot")) return "";
    const label = document.querySelector("#speakers").content.querySelector(`[data-who="${entry.who}"]`);
    const title = label ? label.textContent : "";
    return entry.name ? `${title} ${entry.name}` : title;
  }

  /** Put the order's slip under the newest entry about it; the older slip of the same order goes. */
  renewSlip(item, entry) {
    const card = entry.card;
    const older = this.slips.get(card.order_no);
    if (older) older.remove();
    const slip = clone("slip");
    slip.querySelector(".slip-title").textContent = card.title;
    const status = slip.querySelector(".status");
    status.textContent = card.status_text;
    status.dataset.state = card.status;
    const rows = slip.querySelector(".rows");
    for (const row of card.rows) {
      // Card goods have no recipient; their row would only say the status once more.
      if (row.value === card.status_text && card.rows.length === 1) continue;
      const label = document.createElement("dt");
      const value = document.createElement("dd");
      label.textContent = row.label;
      value.textContent = row.value;
      // The only line of an order is its title already.
      if (row.label === card.title) value.className = "alone";
      else rows.append(label);
      rows.append(value);
    }
    slip.querySelector(".slip-total b").textContent = card.total;
    slip.querySelector(".slip-actions").replaceWith(this.actions(entry));
    item.append(slip);
    this.slips.set(card.order_no, slip);
  }

  /** Orders move on without a word in the chat, too: what can no longer be paid loses its button. */
  renewStates(states, deliveredAs) {
    const texts = document.getElementById("states").content;
    for (const [orderNo, state] of Object.entries(states)) {
      const slip = this.slips.get(orderNo);
      const status = slip && slip.querySelector(".status");
      if (!status || status.dataset.state === state) continue;
      status.dataset.state = state;
      const named = texts.querySelector(`[data-state="${state}"][data-as="${deliveredAs[orderNo]}"]`);
      status.textContent = (named || texts.querySelector(`[data-state="${state}"]`)).textContent;
      for (const pay of slip.querySelectorAll(".to-pay")) pay.remove();
    }
  }

  actions(entry) {
    const actions = document.createElement("div");
    actions.className = "slip-actions";
    if (!this.customer) return actions;
    if (entry.pay_url) actions.append(link("pay", entry.pay_url));
    else if (entry.card && entry.card.order_url) actions.append(link("order", entry.card.order_url));
    return actions;
  }
}

/** What is left of addresses of order pages can be tapped. Only the shop's own words are looked at. */
function linkPages(item, entry) {
  const words = item.querySelector(".bubble");
  if (!words || (entry.who !== "bot" && entry.who !== "news")) return;
  const found = ORDER_PAGE.exec(words.textContent);
  if (!found) return;
  const page = link("order", found[1]);
  page.className = "";
  words.replaceChildren(found.input.slice(0, found.index), page, found.input.slice(found.index + found[0].length));
}

function link(template, address) {
  const anchor = clone(template);
  anchor.href = address;
  return anchor;
}

/** One bubble, without anything around it. */
export function bubble(who, text) {
  const item = clone("entry");
  item.dataset.who = who;
  if (text) {
    const words = document.createElement("div");
    words.className = "bubble";
    words.textContent = text;
    item.append(words);
  }
  return item;
}

export const dots = () => clone("dots");

/** Keeps a scrolling pane at its end while the reader is there, and leaves him alone when he is not. */
export class Follower {
  constructor(pane, newest) {
    this.pane = pane;
    this.newest = newest;
    pane.addEventListener("scroll", () => { if (this.atEnd()) newest.hidden = true; }, { passive: true });
    newest.addEventListener("click", () => this.toEnd());
  }

  atEnd() {
    return this.pane.scrollHeight - this.pane.scrollTop - this.pane.clientHeight < 90;
  }

  toEnd() {
    this.pane.scrollTop = this.pane.scrollHeight;
    this.newest.hidden = true;
  }

  /** Run `draw`, then follow, or say that there is something new. */
  around(draw, { force = false } = {}) {
    const follow = force || this.atEnd();
    draw();
    if (follow) this.toEnd();
    else this.newest.hidden = false;
  }
}
