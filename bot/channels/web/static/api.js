// Speaks to the gateway. One function per route; what went wrong comes back as {problem}, never as an exception.

const WAIT = 30_000;

async function ask(path, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), WAIT);
  try {
    const response = await fetch(path, { credentials: "same-origin", signal: stop.signal, ...options });
    const body = response.status === 204 ? {} : await response.json();
    if (response.ok) return body;
    return { problem: { status: response.status, wait: Number(response.headers.get("Retry-After")) || 0, ...(body.error ?? {}) } };
  } catch {
    return { problem: { status: 0 } };
  } finally {
    clearTimeout(timer);
  }
}

export const history = () => ask("/api/chat");
export const news = (after) => ask(`/api/chat/news?after=${after}&everything=true`);
export const texts = (language) => ask(`/api/texts/${encodeURIComponent(language)}`);
export const leave = () => ask("/api/chat/leave", { method: "POST" });
export const send = (message) =>
  ask("/api/chat", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(message) });
