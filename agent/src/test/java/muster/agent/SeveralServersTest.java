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
    private static final String QUICK = "gossip_lan { probe_interval = \"200ms\" suspicion_mult = 8 } performance { leave_drain_time = \"0s\" }";

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

    @Test
    void without_a_quorum_writes_and_reads_fail_as_the_originals_but_stale_ones() throws Exception {
        List<Agent> three = three();
        Agent left = three.getFirst();
        left.put("/v1/kv/key", "value");
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
}
