// node walk.js HOST PORT TOKEN: what users of the package do, a printed line for each; ends with 1 at the first surprise.
const assert = require("assert");
const Consul = require("consul");

const [host, port, token] = process.argv.slice(2);
const connect = (secret) => new Consul({ host, port, defaults: { token: secret } });
const consul = connect(token);

async function service() {
  await consul.agent.service.register({ id: "web-1", name: "web", port: 8080, tags: ["a", "b"], check: { ttl: "60s" } });
  assert.deepStrictEqual(await consul.health.service({ service: "web", passing: true }), []);
  await consul.agent.check.pass({ id: "service:web-1", note: "fine" });
  const found = await consul.health.service({ service: "web", passing: true });
  assert.strictEqual(found.length, 1);
  assert.deepStrictEqual(found[0].Service.Tags, ["a", "b"]);
  assert.ok("web" in (await consul.catalog.service.list()));
  await consul.agent.service.deregister("web-1");
  assert.deepStrictEqual(await consul.agent.service.list(), {});
  console.log("service");
}

async function keys() {
  assert.strictEqual(await consul.kv.set({ key: "app/a", value: "one", flags: 7 }), true);
  const value = await consul.kv.get("app/a");
  assert.strictEqual(value.Value, "one");
  assert.strictEqual(value.Flags, 7);
  assert.strictEqual(await consul.kv.set({ key: "app/a", value: "two", cas: value.ModifyIndex }), true);
  assert.ok(!(await consul.kv.set({ key: "app/a", value: "three", cas: value.ModifyIndex })));
  assert.deepStrictEqual(await consul.kv.keys("app"), ["app/a"]);
  await consul.kv.del({ key: "app", recurse: true });
  assert.ok(!(await consul.kv.get("app/a")));
  console.log("keys");
}

async function lock() {
  const { ID: session } = await consul.session.create({ name: "s", ttl: "10s", lockdelay: "1s" });
  assert.strictEqual(await consul.kv.set({ key: "lock", value: "me", acquire: session }), true);
  assert.strictEqual((await consul.kv.get("lock")).Session, session);
  assert.strictEqual((await consul.session.renew(session))[0].ID, session);
  assert.strictEqual(await consul.kv.set({ key: "lock", value: "me", release: session }), true);
  await consul.session.destroy(session);
  assert.ok(!(await consul.session.get(session)));
  console.log("lock");
}

async function watch() {
  await consul.kv.set("watched", "one");
  await new Promise((done, failed) => {
    const watching = consul.watch({ method: consul.kv.get, options: { key: "watched", wait: "20s" } });
    watching.on("change", (data) => {
      if (data.Value === "one") {
        consul.kv.set("watched", "two").catch(failed);
      } else {
        watching.end();
        assert.strictEqual(data.Value, "two");
        done();
      }
    });
    watching.on("error", failed);
  });
  console.log("watch");
}

async function access() {
  const { ID: secret } = await consul.acl.legacy.create({
    name: "writers-of-a", type: "client", rules: 'key "a/" { policy = "write" }',
  });
  const writer = connect(secret);
  assert.strictEqual(await writer.kv.set("a/b", "1"), true);
  await assert.rejects(writer.kv.set("b/b", "1"), /forbidden|Permission denied/i);
  console.log("access");
}

(async () => {
  await service();
  await keys();
  await lock();
  await watch();
  await access();
})().catch((problem) => {
  console.error(problem);
  process.exit(1);
});
