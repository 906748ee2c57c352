package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import muster.raft.members.AgentMember;
import muster.registry.agent.AgentControls;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Agents of the registry that are several, in one process, over loopback. */
@Timeout(240)
class SeveralServersTest {
    private static final String QUICK = "gossip_lan { probe_interval = \"200ms\" suspicion_mult = 8 } performance { leave_drain_time = \"0s\" }"
            + " autopilot { server_stabilization_time = \"300ms\" }";

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Agent> agents = new ArrayList<>();

    /** One agent, as a process runs it. */
    private final class Agent implements AutoCloseable {
        final String name;
        final CompletableFuture<Void> again = new CompletableFuture<>();
        final Suite suite;

        Agent(String name, String more, Agent... join) throws Exception {
            this.name = name;
            List<String> arguments = new ArrayList<>(Stream.of(("-node " + name + " -data-dir " + folder.resolve(name)
                    + " -bind 127.0.0.1 -http-port 0 -dns-port -1 -serf-lan-port 0 -server-port 0 -retry-interval 500ms " + more).split(" "))
                    .toList());
            for (Agent other : join) {
                arguments.addAll(List.of("-retry-join", other.joinAddress()));
            }
            arguments.addAll(List.of("-hcl", QUICK));
            AgentOptions options = AgentArguments.parse("consul", arguments, Map.of(), new Machine("here", List.of()));
            suite = Suite.start(options, new AgentControls(() -> {}, () -> {}, (level, json, lines) -> () -> {}),
                    InstantSource.system(), () -> again.complete(null));
            agents.add(this);
        }

        String joinAddress() {
            return suite.cluster().orElseThrow().members().self().address();
        }

        String url(String path) {
            return suite.listening().stream().filter(listening -> listening.what().startsWith("registry")).findFirst().orElseThrow().address() + path;
        }

        HttpResponse<String> ask(String method, String path, String body) throws Exception {
            return http.send(HttpRequest.newBuilder(URI.create(url(path))).timeout(Duration.ofSeconds(30))
                    .method(method, HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
        }

        String get(String path) throws Exception {
            HttpResponse<String> answer = ask("GET", path, "");
            assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
            return answer.body();
        }

        String put(String path, String body) throws Exception {
            HttpResponse<String> answer = ask("PUT", path, body);
            assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
            return answer.body();
        }

        boolean leads() throws Exception {
            return suite.cluster().flatMap(ClusterPart::log).filter(group -> group.isLeader()).isPresent();
        }

        @Override
        public void close() {
            suite.close();
        }
    }

    @AfterEach
    void closeAll() {
        agents.reversed().forEach(Agent::close);
    }

    private List<Agent> three() throws Exception {
        Agent first = new Agent("one", "-server -bootstrap-expect 3");
        Agent second = new Agent("two", "-server -bootstrap-expect 3", first);
        Agent third = new Agent("three", "-server -bootstrap-expect 3", first);
        List<Agent> three = List.of(first, second, third);
        Eventually.passes("three servers answer", Duration.ofSeconds(60), () -> {
            for (Agent server : three) {
                assertThat(server.put("/v1/kv/started/" + server.name, "yes")).isEqualTo("true");
            }
        });
        return three;
    }

    private static Agent leader(List<Agent> among) {
        return Eventually.value("a leader", Duration.ofSeconds(60), () -> {
            for (Agent agent : among) {
                if (agent.leads()) {
                    return Optional.of(agent);
                }
            }
            return Optional.empty();
        });
    }

    /**
     * Plan: three servers; writes and reads in all modes on each; the leader is killed; the others go on, keep its node as
     * critical, and take it back with its data; a fourth server comes with nothing but an address.
     */
    @Test
    void three_servers_answer_and_go_on_without_their_leader() throws Exception {
        List<Agent> three = three();
        for (Agent server : three) {
            assertThat(server.put("/v1/kv/key", server.name)).isEqualTo("true");
            for (Agent reader : three) {
                assertThat(reader.get("/v1/kv/key?raw")).as("by the leader's lease").isEqualTo(server.name);
                assertThat(reader.get("/v1/kv/key?raw&consistent")).isEqualTo(server.name);
            }
            assertThat(server.get("/v1/status/peers").split(",")).hasSize(3);
            assertThat(server.get("/v1/agent/members").split("\"Name\"")).hasSize(4);
            assertThat(server.get("/v1/operator/raft/configuration")).contains("\"Node\":\"one\"", "\"Node\":\"two\"", "\"Node\":\"three\"");
        }
        Eventually.passes("all nodes are healthy", () -> assertThat(three.getFirst().get("/v1/health/service/consul?passing").split("\"serfHealth\""))
                .hasSize(4));
        Eventually.passes("autopilot is content", () -> assertThat(three.getLast().get("/v1/operator/autopilot/health"))
                .contains("\"Healthy\":true", "\"FailureTolerance\":1"));

        Agent killed = leader(three);
        killed.close();
        List<Agent> left = three.stream().filter(server -> server != killed).toList();
        Eventually.passes("the others go on", Duration.ofSeconds(60), () -> assertThat(left.getFirst().put("/v1/kv/key", "after")).isEqualTo("true"));
        assertThat(left.getLast().get("/v1/kv/key?raw")).isEqualTo("after");
        Eventually.passes("its node is critical", () -> assertThat(left.getFirst().get("/v1/health/node/" + killed.name))
                .contains("\"Status\":\"critical\"", "Agent not live or unreachable"));
        assertThat(left.getLast().ask("GET", "/v1/kv/key?raw&stale", "").headers().firstValue("X-Consul-KnownLeader")).contains("true");

        Agent back = new Agent(killed.name, "-server");
        Eventually.passes("it is back", Duration.ofSeconds(60), () -> assertThat(back.get("/v1/kv/key?raw")).isEqualTo("after"));
        Eventually.passes("and healthy", () -> assertThat(left.getFirst().get("/v1/health/node/" + killed.name)).contains("\"Status\":\"passing\""));

        Agent fourth = new Agent("four", "-server", left.getFirst());
        Eventually.passes("the new one has a seat", Duration.ofSeconds(60),
                () -> assertThat(fourth.get("/v1/operator/raft/configuration").split("\"Node\"")).hasSize(5));
        assertThat(fourth.get("/v1/kv/key?raw")).isEqualTo("after");
        String configuration = fourth.get("/v1/operator/raft/configuration");
        String id = configuration.replaceAll("(?s).*\"ID\":\"([^\"]+)\",\"Node\":\"four\".*", "$1");
        assertThat(left.getFirst().ask("DELETE", "/v1/operator/raft/peer?id=" + id, "").statusCode()).isEqualTo(200);
        Eventually.passes("three are left", () -> assertThat(left.getFirst().get("/v1/operator/raft/configuration").split("\"Node\"")).hasSize(4));
        fourth.again.get(60, java.util.concurrent.TimeUnit.SECONDS);
    }

    /**
     * Plan: a client's service is known; two of three servers go: current reads and all writes fail, stale reads go on, the client takes
     * registrations. The last server and the client are started again, alone: nobody says that there is nothing. A second server comes:
     * all is there, also what was registered in between.
     */
    @Test
    void without_a_quorum_nothing_is_lost_and_nothing_is_empty() throws Exception {
        List<Agent> three = three();
        Agent left = three.getFirst();
        left.put("/v1/kv/key", "value");
        Agent client = new Agent("client", "", left);
        Eventually.passes("it registers", Duration.ofSeconds(60), () -> {
            client.ask("PUT", "/v1/agent/service/register", "{\"Name\":\"before\"}");
            assertThat(left.get("/v1/catalog/services")).contains("before");
        });
        three.get(1).close();
        three.get(2).close();
        Eventually.passes("there is no leader", Duration.ofSeconds(60), () -> {
            HttpResponse<String> answer = left.ask("GET", "/v1/kv/key?raw", "");
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).isEqualTo("No cluster leader");
        });
        assertThat(left.ask("PUT", "/v1/kv/key", "other").body()).isEqualTo("No cluster leader");
        HttpResponse<String> stale = left.ask("GET", "/v1/kv/key?raw&stale", "");
        assertThat(stale.body()).isEqualTo("value");
        assertThat(stale.headers().firstValue("X-Consul-KnownLeader")).contains("false");
        assertThat(Long.parseLong(stale.headers().firstValue("X-Consul-LastContact").orElseThrow())).as("none where it led itself").isNotNegative();
        assertThat(left.get("/v1/status/leader")).isEqualTo("\"\"");
        assertThat(client.ask("PUT", "/v1/agent/service/register", "{\"Name\":\"meanwhile\"}").statusCode()).isEqualTo(200);
        assertThat(client.ask("GET", "/v1/catalog/services", "").body()).isEqualTo("No cluster leader");

        left.close();
        client.close();
        Agent alone = new Agent("one", "-server");
        // Each has another port now, so it has to be told where the others are.
        Agent again = new Agent("client", "", alone);
        for (Agent asked : List.of(alone, again)) {
            HttpResponse<String> services = asked.ask("GET", "/v1/catalog/services?stale", "");
            assertThat(services.statusCode() == 500 || services.body().contains("before")).as("%s: %s", asked.name, services.body()).isTrue();
        }
        assertThat(again.get("/v1/agent/services")).contains("before", "meanwhile");
        new Agent("two", "-server", alone);
        Eventually.passes("all is there", Duration.ofSeconds(60), () -> assertThat(alone.get("/v1/health/service/meanwhile?passing")).contains("\"client\""));
        assertThat(again.get("/v1/catalog/services")).contains("before", "meanwhile");
        assertThat(alone.get("/v1/kv/key?raw")).isEqualTo("value");
    }

    /** Plan: a session with a lock on a follower; renewed there; the leader goes; it is still held, and ends when nobody renews it. */
    @Test
    void sessions_outlive_their_leader_and_are_renewed_anywhere() throws Exception {
        List<Agent> three = three();
        Agent first = leader(three);
        List<Agent> others = three.stream().filter(server -> server != first).toList();
        String session = others.getFirst().put("/v1/session/create", "{\"TTL\":\"10s\",\"LockDelay\":\"1ns\",\"NodeChecks\":[]}")
                .replaceAll(".*\"ID\":\\s*\"([^\"]+)\".*", "$1");
        assertThat(others.getLast().put("/v1/kv/lock?acquire=" + session, "mine")).isEqualTo("true");
        assertThat(others.getFirst().put("/v1/session/renew/" + session, "")).contains(session);
        first.close();
        Eventually.passes("it is renewed by the next leader", Duration.ofSeconds(60),
                () -> assertThat(others.getLast().put("/v1/session/renew/" + session, "")).contains(session));
        assertThat(others.getFirst().get("/v1/kv/lock")).contains(session);
        Eventually.passes("it ends", Duration.ofSeconds(60), () -> assertThat(others.getFirst().get("/v1/session/list")).isEqualTo("[]"));
    }

    @Test
    void one_server_becomes_three_and_one_of_them_leaves() throws Exception {
        Agent first = new Agent("one", "-server -bootstrap-expect 1");
        Eventually.passes("it answers", () -> first.put("/v1/kv/key", "alone"));
        Agent second = new Agent("two", "-server -bootstrap-expect 3", first);
        Agent third = new Agent("three", "-server", first);
        Eventually.passes("three have seats", Duration.ofSeconds(60), () -> assertThat(third.get("/v1/status/peers").split(",")).hasSize(3));
        assertThat(third.get("/v1/kv/key?raw")).isEqualTo("alone");
        Eventually.passes("its node is there", () -> assertThat(third.get("/v1/catalog/nodes")).contains("\"two\""));

        second.suite.leave();
        second.close();
        Eventually.passes("two are left", () -> assertThat(third.get("/v1/status/peers").split(",")).hasSize(2));
        Eventually.passes("and its node is gone", () -> assertThat(third.get("/v1/catalog/nodes")).doesNotContain("\"two\""));
        assertThat(third.suite.cluster().orElseThrow().members().members().stream().filter(member -> member.name().equals("two"))
                .map(AgentMember::status)).containsExactly(AgentMember.Status.LEFT);
        Agent back = new Agent("two", "-server", first);
        Eventually.passes("it came back as a new one", Duration.ofSeconds(60), () -> assertThat(back.get("/v1/kv/key?raw")).isEqualTo("alone"));
    }

    /**
     * Plan: a client registers a service with a check; it answers as a server would; its server goes, and it goes on; it is closed
     * without a word and becomes critical; it comes back with what it had registered.
     */
    @Test
    void a_client_has_servers_answer_and_keeps_its_services() throws Exception {
        List<Agent> three = three();
        Agent client = new Agent("client", "", three.getFirst());
        Eventually.passes("it reads and writes", Duration.ofSeconds(60), () -> {
            assertThat(client.put("/v1/kv/key", "by a client")).isEqualTo("true");
            assertThat(client.get("/v1/kv/key?raw&consistent")).isEqualTo("by a client");
        });
        assertThat(client.ask("PUT", "/v1/agent/service/register", "{\"Name\":\"web\",\"Port\":80,\"Check\":{\"TTL\":\"1h\"}}").statusCode())
                .isEqualTo(200);
        assertThat(client.ask("PUT", "/v1/agent/check/pass/service:web", "").statusCode()).isEqualTo(200);
        Eventually.passes("its service is known", () -> assertThat(three.getLast().get("/v1/health/service/web?passing"))
                .contains("\"Node\":\"client\"", "\"serfHealth\""));
        assertThat(client.get("/v1/agent/members").split("\"Name\"")).hasSize(5);
        assertThat(client.put("/v1/session/create", "{}")).contains("ID");
        assertThat(client.get("/v1/session/list")).as("its own node").contains("\"Node\":\"client\"");
        assertThat(client.ask("GET", "/v1/no/such", "").statusCode()).isEqualTo(404);

        eventsReachAll(three, client);

        Agent killed = leader(three);
        killed.close();
        List<Agent> left = three.stream().filter(server -> server != killed).toList();
        Eventually.passes("it goes on by another server", Duration.ofSeconds(60),
                () -> assertThat(client.put("/v1/kv/key", "without the leader")).isEqualTo("true"));
        client.ask("PUT", "/v1/agent/service/register", "{\"Name\":\"later\",\"Port\":81}");
        Eventually.passes("and registers", () -> assertThat(left.getFirst().get("/v1/catalog/services")).contains("web", "later"));

        client.close();
        Eventually.passes("it is critical", () -> assertThat(left.getFirst().get("/v1/health/node/client")).contains("\"Status\":\"critical\""));
        assertThat(left.getFirst().get("/v1/catalog/services")).contains("web");
        Agent back = new Agent("client", "");
        Eventually.passes("it is back, without an address to join", Duration.ofSeconds(60),
                () -> assertThat(left.getLast().get("/v1/health/service/later?passing")).contains("\"Node\":\"client\""));
        assertThat(back.get("/v1/agent/services")).contains("web", "later");
        back.suite.leave();
        Eventually.passes("it left", () -> assertThat(left.getLast().get("/v1/catalog/nodes")).doesNotContain("\"client\""));
    }

    /** Events fired at a client and at a server are listed by all that they are meant for, once, and end a wait for them. */
    private static void eventsReachAll(List<Agent> three, Agent client) throws Exception {
        List<Agent> all = new ArrayList<>(three);
        all.add(client);
        // What was fired before an agent knew the others is not told to it.
        Eventually.passes("all hear of events", Duration.ofSeconds(60), () -> {
            client.put("/v1/event/fire/warm-up", "");
            for (Agent agent : all) {
                assertThat(agent.get("/v1/event/list?name=warm-up")).contains("warm-up");
            }
        });
        String fired = client.put("/v1/event/fire/deploy?service=web&tag=", "now").replaceAll("(?s).*\"ID\":\\s*\"([^\"]+)\".*", "$1");
        three.getLast().put("/v1/event/fire/deploy?node=client", "then");
        Eventually.passes("the node with the service has both, in order", () -> assertThat(client.get("/v1/event/list?name=deploy"))
                .contains(fired, "\"bm93\"").containsSubsequence("\"NodeFilter\":\"\"", "\"NodeFilter\":\"client\""));
        for (Agent server : three) {
            assertThat(server.get("/v1/event/list?name=deploy")).as("filters hold on " + server.name).isEqualTo("[]");
        }
        String index = client.ask("GET", "/v1/event/list?name=deploy", "").headers().firstValue("X-Consul-Index").orElseThrow();
        var waiting = java.util.concurrent.CompletableFuture.supplyAsync(() -> {
            try {
                return client.get("/v1/event/list?name=deploy&wait=25s&index=" + index);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        three.getFirst().put("/v1/event/fire/deploy", "again");
        assertThat(waiting.get(30, java.util.concurrent.TimeUnit.SECONDS).split("\"ID\"")).as("each once").hasSize(4);
    }

    /**
     * Plan: a server that denies by default and a client; the client's own endpoints answer by the rules that the server has, its
     * registrations have its tokens' rights or those of the request; without the server what is known holds, and its recovery token
     * opens it.
     */
    @Test
    void a_client_looks_at_rights_as_its_servers_do() throws Exception {
        String root = "11111111-2222-3333-4444-555555555555";
        String recovery = "99999999-2222-3333-4444-555555555555";
        Agent server = new Agent("one", "-server -bootstrap-expect 1 " + file("server", "acl { enabled = true, default_policy = \"deny\", tokens { master = \""
                + root + "\" } }"));
        Eventually.passes("it answers", Duration.ofSeconds(60), () -> server.put("/v1/kv/key?token=" + root, "value"));
        String ofNode = token(server, root, "{\"NodeIdentities\":[{\"NodeName\":\"client\",\"Datacenter\":\"dc1\"}]}");
        server.put("/v1/acl/policy?token=" + root, "{\"Name\":\"web\",\"Rules\":\"service \\\"web\\\" { policy = \\\"write\\\" } event \\\"deploy\\\" "
                + "{ policy = \\\"write\\\" }\"}");
        String ofWeb = token(server, root, "{\"Policies\":[{\"Name\":\"web\"}]}");
        Agent client = new Agent("client", file("client", "acl { enabled = true, default_policy = \"deny\", token_ttl = \"1s\", tokens { agent = \"" + ofNode
                + "\", agent_recovery = \"" + recovery + "\" } }"), server);
        Eventually.passes("it knows its server", Duration.ofSeconds(60), () -> assertThat(client.get("/v1/kv/key?raw&token=" + root)).isEqualTo("value"));
        Eventually.passes("its node is there", () -> assertThat(server.get("/v1/catalog/nodes?token=" + root)).contains("\"client\""));

        assertThat(client.ask("GET", "/v1/agent/self", "").statusCode()).as("nobody").isEqualTo(403);
        assertThat(client.get("/v1/agent/services")).isEqualTo("{}");
        assertThat(client.ask("GET", "/v1/agent/self?token=" + ofWeb, "").statusCode()).as("a token without the right").isEqualTo(403);
        assertThat(client.ask("GET", "/v1/agent/self?token=no-such", "").body()).isEqualTo("ACL not found");
        assertThat(client.get("/v1/agent/self?token=" + root)).contains("\"client\"");
        assertThat(client.get("/v1/agent/self?token=" + recovery)).contains("\"client\"");
        assertThat(client.ask("PUT", "/v1/agent/service/register?token=" + ofWeb, "{\"Name\":\"db\"}").statusCode()).isEqualTo(403);
        assertThat(client.ask("PUT", "/v1/agent/service/register?token=" + ofWeb, "{\"Name\":\"web\",\"Port\":80}").statusCode()).isEqualTo(200);
        assertThat(client.ask("PUT", "/v1/agent/leave?token=" + ofWeb, "").statusCode()).isEqualTo(403);
        Eventually.passes("the registration is carried with its token", () -> assertThat(server.get("/v1/catalog/services?token=" + root)).contains("web"));
        assertThat(client.get("/v1/agent/services?token=" + ofWeb)).contains("web");
        assertThat(client.get("/v1/agent/services")).as("not for others").isEqualTo("{}");
        assertThat(client.ask("PUT", "/v1/event/fire/other?token=" + ofWeb, "").statusCode()).isEqualTo(403);
        Eventually.passes("events are there for those that may read them", () -> {
            client.put("/v1/event/fire/deploy?token=" + ofWeb, "");
            assertThat(client.get("/v1/event/list?token=" + ofWeb)).contains("deploy");
            assertThat(client.get("/v1/event/list")).isEqualTo("[]");
        });

        server.put("/v1/acl/policy/" + id(server.get("/v1/acl/policies?token=" + root), "web") + "?token=" + root, "{\"Name\":\"web\",\"Rules\":\"\"}");
        Eventually.passes("a changed policy holds soon", () -> assertThat(client.get("/v1/agent/services?token=" + ofWeb)).isEqualTo("{}"));

        server.close();
        assertThat(client.get("/v1/agent/self?token=" + root)).as("what is known is good without a server").contains("\"client\"");
        assertThat(client.get("/v1/agent/self?token=" + recovery)).contains("\"client\"");
        assertThat(client.ask("GET", "/v1/agent/self?token=never-seen", "").statusCode()).as("the default policy").isEqualTo(403);
    }

    private String file(String name, String text) throws Exception {
        return "-config-file " + java.nio.file.Files.writeString(folder.resolve(name + ".hcl"), text);
    }

    private static String token(Agent server, String root, String body) throws Exception {
        return server.put("/v1/acl/token?token=" + root, body).replaceAll("(?s).*\"SecretID\":\\s*\"([^\"]+)\".*", "$1");
    }

    private static String id(String rows, String name) {
        return rows.replaceAll("(?s).*\"ID\":\"([^\"]+)\",\"Name\":\"" + name + "\".*", "$1");
    }
}
