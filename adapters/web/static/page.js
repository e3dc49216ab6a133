// The pay page and the order page: a countdown, copy buttons, and a look every so often whether the
// order has moved on. Each page also works without this file.

const LOOK_MS = 2500;
const LOOK_LONGEST_MS = 30000;

const watched = document.querySelector("[data-look-at]");
if (watched) {
  let wait = LOOK_MS;
  const look = async () => {
    if (!document.hidden) {
      try {
        const response = await fetch(watched.dataset.lookAt, { credentials: "same-origin" });
        const got = response.ok ? await response.json() : null;
        if (got && got.state !== watched.dataset.state) { location.replace(watched.dataset.then || location.pathname); return; }
      } catch (_) { /* offline: look again later */ }
      wait = Math.min(LOOK_LONGEST_MS, wait * 1.2);
    }
    setTimeout(look, wait);
  };
  setTimeout(look, wait);
  document.addEventListener("visibilitychange", () => { wait = LOOK_MS; });
}

const countdown = document.querySelector("[data-seconds-left]");
if (countdown) {
  const ends = performance.now() + Number(countdown.dataset.secondsLeft) * 1000;
  const timer = setInterval(() => {
    const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    const two = (number) => String(number).padStart(2, "0");
    countdown.textContent = `${two(Math.floor(left / 60))}:${two(left % 60)}`;
    if (left === 0) { clearInterval(timer); setTimeout(() => location.replace(location.pathname), 1200); }
  }, 500);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    if (!(await copied(button.dataset.copy))) return;
    const label = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 1600);
  });
}

// Without HTTPS, and in old webviews, there is no clipboard but the document's own.
async function copied(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch (_) { /* the old way, then */ }
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

// Two taps on a button are one.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    for (const button of document.querySelectorAll("form[data-once] button")) {
      if (button.closest("form") !== form) button.disabled = true;
    }
  });
}
// Straight on to the gateway's page, once: who comes back by the back button finds the button again.
const onward = document.querySelector("[data-go]");
if (onward && !sessionStorage.getItem(location.pathname)) {
  sessionStorage.setItem(location.pathname, "gone");
  if (onward.tagName === "FORM") onward.submit(); else location.assign(onward.href);
}

// WeChat's own browser pays without leaving the page.
const wallet = document.querySelector("[data-wallet]");
if (wallet) {
  const parameters = JSON.parse(wallet.dataset.wallet);
  const call = () => window.WeixinJSBridge.invoke("getBrandWCPayRequest", parameters, () => {
    location.assign(`${watched.dataset.then}/back`);
  });
  const pay = () => {
    if (window.WeixinJSBridge) call();
    else document.addEventListener("WeixinJSBridgeReady", call, { once: true });
  };
  wallet.addEventListener("click", pay);
  pay();
}

window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
