// The line to the server: a WebSocket that comes back by itself. What is said over it is numbered, so
// after any break the client names the last number it has and gets the rest: nothing lost, nothing twice.

const PING_MS = 20000;
const SILENCE_MS = 45000;
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 15000;
const STEADY_MS = 5000;

export class Line {
  /** `address` is asked anew for each attempt; `hear` gets each message; `state` gets open or closed. */
  constructor({ address, hear, state }) {
    Object.assign(this, { address, hear, state });
    this.failures = 0;
    this.socket = null;
    this.timer = null;
    this.heardAt = 0;
    this.openedAt = 0;
    setInterval(() => this.check(), PING_MS);
    window.addEventListener("online", () => this.now());
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.now(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.wake(); });
  }

  get open() {
    return this.socket !== null && this.socket.readyState === WebSocket.OPEN;
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = null;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.address()}`);
    this.socket = socket;
    socket.onopen = () => {
      if (this.socket !== socket) return;
      this.heardAt = this.openedAt = Date.now();
      this.state("open", 0);
    };
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      this.heardAt = Date.now();
      this.hear(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.lost(event.code);
    };
  }

  /** A line that ended at once counts as a failure of the one before, so that the waits grow. */
  lost(code) {
    this.socket = null;
    if (this.openedAt && Date.now() - this.openedAt > STEADY_MS) this.failures = 0;
    this.openedAt = 0;
    this.failures += 1;
    this.state("closed", this.failures, code);
    this.later();
  }

  later() {
    if (this.timer !== null) return;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.failures - 1, 6));
    // Spread out, so that a thousand customers do not all return in the same instant.
    this.timer = setTimeout(() => this.connect(), wait * (0.7 + Math.random() * 0.6));
  }

  now() {
    if (this.socket !== null && this.socket.readyState <= WebSocket.OPEN) return;
    this.connect();
  }

  /** The page is looked at again: a webview may have slept through the end of its socket. */
  wake() {
    if (this.open) this.send({ type: "ping" });
    else this.now();
  }

  check() {
    if (!this.open) return;
    if (Date.now() - this.heardAt > SILENCE_MS) this.drop();
    else this.send({ type: "ping" });
  }

  drop() {
    const socket = this.socket;
    if (socket) { socket.onclose = null; socket.close(); }
    this.lost(0);
  }

  /** Whether it went out; what did not is the caller's to keep. */
  send(message) {
    if (!this.open) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }
}

/** An id for one message of ours. crypto.randomUUID is missing where a page is served without HTTPS. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
