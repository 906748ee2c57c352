// node streams.js serve | ask PORT: a gRPC and a WebSocket server, and what clients of both do through a balancer, a printed line for each;
// ends with 1 at the first surprise.
const assert = require("assert");
const grpc = require("@grpc/grpc-js");
const { WebSocket, WebSocketServer } = require("ws");

const bytes = { requestSerialize: (b) => b, requestDeserialize: (b) => b, responseSerialize: (b) => b, responseDeserialize: (b) => b };
const method = (name, requestStream, responseStream) => ({ path: "/echo.Echo/" + name, requestStream, responseStream, ...bytes });
const echo = {
  say: method("Say", false, false), fail: method("Fail", false, false), wait: method("Wait", false, false),
  count: method("Count", false, true), join: method("Join", true, false), talk: method("Talk", true, true),
};

function serve() {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  server.addService(echo, {
    say: (call, done) => {
      const trailers = new grpc.Metadata();
      trailers.set("x-said", call.metadata.get("x-asked")[0] ?? "");
      done(null, call.request, trailers);
    },
    fail: (call, done) => done({ code: grpc.status.FAILED_PRECONDITION, details: "not now: 100% sure" }),
    wait: () => {},
    count: (call) => {
      for (let i = 0; i < Number(call.request); i++) call.write(Buffer.from("" + i));
      call.end();
    },
    join: (call, done) => {
      const all = [];
      call.on("data", (b) => all.push(b)).on("end", () => done(null, Buffer.concat(all)));
    },
    talk: (call) => call.on("data", (b) => call.write(b)).on("end", () => call.end()),
  });
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, grpcPort) => {
    assert.ifError(error);
    const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true }, () => console.log("ports", grpcPort, sockets.address().port));
    sockets.on("connection", (socket) => {
      socket.on("message", (data, isBinary) => (String(data) === "leave" ? socket.close(4001, "as asked") : socket.send(data, { binary: isBinary })));
    });
  });
}

const called = (f) => new Promise((done) => f((error, value) => done({ error, value })));
const ended = (stream, all = []) => new Promise((done, failed) => stream.on("data", (b) => all.push(b)).on("end", () => done(all)).on("error", failed));

async function calls(client) {
  const asked = new grpc.Metadata();
  asked.set("x-asked", "why");
  let trailers;
  const one = await called((done) => client.say(Buffer.from("hello"), asked, done).on("status", (status) => (trailers = status.metadata)));
  assert.strictEqual(String(one.value), "hello");
  await new Promise(setImmediate);
  assert.deepStrictEqual(trailers.get("x-said"), ["why"]);
  const large = Buffer.alloc(3_000_000, "x");
  assert.ok((await called((done) => client.say(large, done))).value.equals(large));
  assert.strictEqual((await called((done) => client.say(Buffer.alloc(0), done))).value.length, 0);
  const many = await Promise.all(Array.from({ length: 200 }, (_, i) => called((done) => client.say(Buffer.from("" + i), done))));
  many.forEach((got, i) => assert.strictEqual(String(got.value), "" + i));
  console.log("calls");
}

async function streams(client) {
  const counted = await ended(client.count(Buffer.from("1000")));
  assert.deepStrictEqual(counted.map(Number), Array.from({ length: 1000 }, (_, i) => i));
  const joined = await called((done) => {
    const parts = client.join(done);
    for (let i = 0; i < 100; i++) parts.write(Buffer.from("part"));
    parts.end();
  });
  assert.strictEqual(String(joined.value), "part".repeat(100));
  const talk = client.talk();
  for (let i = 0; i < 20; i++) {
    const answer = new Promise((done) => talk.once("data", done));
    talk.write(Buffer.from("turn " + i));
    assert.strictEqual(String(await answer), "turn " + i);
  }
  const rest = ended(talk);
  talk.end();
  assert.deepStrictEqual(await rest, []);
  console.log("streams");
}

async function failures(client) {
  const failed = (await called((done) => client.fail(Buffer.from("x"), done))).error;
  assert.strictEqual(failed.code, grpc.status.FAILED_PRECONDITION);
  assert.strictEqual(failed.details, "not now: 100% sure");
  const late = (await called((done) => client.wait(Buffer.from("x"), { deadline: Date.now() + 300 }, done))).error;
  assert.strictEqual(late.code, grpc.status.DEADLINE_EXCEEDED);
  const left = await called((done) => {
    const call = client.wait(Buffer.from("x"), done);
    setTimeout(() => call.cancel(), 50);
  });
  assert.strictEqual(left.error.code, grpc.status.CANCELLED);
  const Nobody = grpc.makeGenericClientConstructor({ say: { ...echo.say, path: "/nobody.Knows/This" } }, "Nobody");
  const nobody = new Nobody(client.getChannel().getTarget().replace(/^dns:/, ""), grpc.credentials.createInsecure());
  const unknown = (await called((done) => nobody.say(Buffer.from("x"), done))).error;
  assert.ok([grpc.status.NOT_FOUND, grpc.status.UNIMPLEMENTED].includes(unknown.code), "code " + unknown.code);
  nobody.close();
  console.log("failures");
}

async function sockets(port) {
  const socket = new WebSocket("ws://127.0.0.1:" + port + "/ws", { perMessageDeflate: true });
  await new Promise((done, failed) => socket.on("open", done).on("error", failed));
  const answer = (data) => new Promise((done) => {
    socket.once("message", (got, isBinary) => done(isBinary ? got : String(got)));
    socket.send(data);
  });
  for (let i = 0; i < 100; i++) assert.strictEqual(await answer("message " + i), "message " + i);
  const large = Buffer.alloc(1_000_000, "y");
  assert.ok((await answer(large)).equals(large));
  await new Promise((done) => {
    socket.once("pong", done);
    socket.ping();
  });
  const closed = new Promise((done) => socket.once("close", (code, reason) => done([code, String(reason)])));
  socket.send("leave");
  assert.deepStrictEqual(await closed, [4001, "as asked"]);
  console.log("sockets");
}

async function ask(port) {
  const Client = grpc.makeGenericClientConstructor(echo, "Echo");
  const client = new Client("127.0.0.1:" + port, grpc.credentials.createInsecure(), { "grpc.max_receive_message_length": -1 });
  await calls(client);
  await streams(client);
  await failures(client);
  client.close();
  await sockets(port);
}

if (process.argv[2] === "serve") {
  serve();
} else {
  ask(process.argv[3]).then(() => process.exit(0), (error) => {
    console.error(error);
    process.exit(1);
  });
}
