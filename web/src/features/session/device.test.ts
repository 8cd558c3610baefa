import { expect, it } from "vitest";
import { deviceName } from "./device";

it.each([
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1",
    "Safari on iOS",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36", "Chrome on Linux"],
  ["Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/142.0 Mobile/15E148 Safari/604.1",
    "Chrome on iOS",
  ],
  [
    "Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X) AppleWebKit/605.1.15 FxiOS/145.0 Safari/605.1.15",
    "Firefox on iOS",
  ],
  ["Mozilla/5.0 (Linux; Android 15) Chrome/142.0 Mobile Safari/537.36 EdgA/142.0", "Edge on Android"],
  [
    "Mozilla/5.0 (Linux; Android 15) SamsungBrowser/29.0 Chrome/136.0 Safari/537.36",
    "Samsung Internet on Android",
  ],
  ["Mozilla/5.0 (X11; CrOS x86_64) Chrome/142.0.0.0 Safari/537.36", "Chrome on ChromeOS"],
  ["curl/8.5.0", "curl"],
  [null, "Unknown device"],
  ["", "Unknown device"],
])("calls %j %j", (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name);
});
