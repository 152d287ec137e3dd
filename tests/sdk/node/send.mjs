// Sends the same events with each SDK: node send.mjs HOST KEY SDK
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const [host, key, sdk] = process.argv.slice(2);
const failures = [];

async function segment() {
  const { Analytics } = require("@segment/analytics-node");
  const client = new Analytics({ writeKey: key, host, maxEventsInBatch: 20 });
  client.on("error", (error) => failures.push(error));
  speak(client);
  await client.closeAndFlush({ timeout: 20000 });
}

async function rudderstack() {
  const Analytics = require("@rudderstack/rudder-sdk-node");
  const client = new (Analytics.default ?? Analytics)(key, { dataPlaneUrl: host, flushAt: 20 });
  // It sends several batches at once and waits for none of them; only its callbacks tell.
  const sent = [];
  const call = (name) => (message) => {
    const answer = new Promise((resolve) => client[name](message, resolve));
    sent.push(answer.then((error) => error && failures.push(error)));
  };
  speak(Object.fromEntries(["identify", "group", "page", "alias", "track"].map((n) => [n, call(n)])));
  await client.flush();
  await Promise.all(sent);
}

function speak(client) {
  client.identify({ userId: "u1", anonymousId: "a1", traits: { email: "ann@x.com" } });
  client.group({ userId: "u1", groupId: "acme", traits: { name: "Acme" } });
  client.page({ userId: "u1", name: "Home", category: "Docs", properties: { url: "/" } });
  client.alias({ previousId: "a1", userId: "u1" });
  for (let number = 0; number < 100; number++) {
    client.track({ userId: "u1", event: "exported", properties: { number } });
  }
}

async function posthog() {
  const { PostHog } = require("posthog-node");
  const client = new PostHog(key, { host, flushAt: 20 });
  client.on("error", (error) => failures.push(error));
  client.identify({ distinctId: "u1", properties: { email: "ann@x.com" } });
  client.groupIdentify({ groupType: "company", groupKey: "acme", properties: { name: "Acme" } });
  client.alias({ distinctId: "a1", alias: "u1" });
  for (let number = 0; number < 100; number++) {
    const properties = { number };
    client.capture({ distinctId: "u1", event: "exported", properties, groups: { company: "acme" } });
  }
  await client.shutdown(20000);
}

await { segment, rudderstack, posthog }[sdk]();
if (failures.length) {
  console.error(failures);
  process.exit(1);
}
process.exit(0);
