package muster.registry.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import muster.registry.client.HealthCheck.Status;
import muster.registry.state.Catalog;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.Node;
import muster.registry.state.Result;
import muster.registry.state.Service;
import muster.registry.state.State;
import muster.testkit.Eventually;
import muster.testkit.ManualClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent with a catalog in memory and a clock that stands still; {@code push} is called by the test. */
@Timeout(60)
class LocalAgentTest {
    /** The registry's state, without a log. */
    private static final class MemoryCatalog implements CatalogLink {
        private volatile State state = State.EMPTY;
        private boolean reachable = true;
        private int writes;
        private Runnable watcher = () -> {};

        @Override
        public NodeRows rows(String node) {
            Catalog catalog = state.catalog();
            return new NodeRows(catalog.node(node),
                    catalog.servicesOf(node).stream().collect(Collectors.toMap(Service::id, Function.identity())),
                    catalog.checksOf(node).stream().collect(Collectors.toMap(Check::id, Function.identity())));
        }

        @Override
        public void apply(Command command) {
            if (!reachable) {
                throw new CatalogUnavailableException("No cluster leader", null);
            }
            State.Outcome outcome = state.apply(state.index() + 1, command);
            assertThat(outcome.result()).isEqualTo(new Result.Done());
            state = outcome.state();
            writes++;
            watcher.run();
        }

        @Override
        public void apply(Command command, String secret) {
            apply(command);
        }

        @Override
        public int nodes() {
            return state.catalog().nodes().size();
        }

        @Override
        public AutoCloseable watch(String node, Runnable changed) {
            watcher = changed;
            return () -> watcher = () -> {};
        }

        String status(String check) {
            return state.catalog().check("n1", check).map(Check::status).orElse("none");
        }
    }

    private final MemoryCatalog catalog = new MemoryCatalog();
    private final ManualClock clock = new ManualClock();
    private LocalAgent agent = agent(Optional.empty());

    private LocalAgent agent(Optional<Path> dataDir) {
        AgentSettings plain = AgentSettings.of("n1", "11111111-2222-3333-4444-555555555555", "dc1", "127.0.0.1", "1.8.7");
        return new LocalAgent(new AgentSettings("n1", plain.nodeId(), "dc1", "127.0.0.1", Map.of("rack", "r9"), "1.8.7", 8300,
                8301, false, false, 4096, Duration.ofMinutes(5), Duration.ofMinutes(1), false, MetricSettings.USUAL, false, dataDir),
                catalog, clock, new SplittableRandom(1));
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private void register(String json) {
        agent.register(Bodies.read(Bodies.ServiceBody.class, json.getBytes(StandardCharsets.UTF_8)), false, "");
    }

    private void registerCheck(String json) {
        agent.register(Bodies.read(Bodies.CheckBody.class, json.getBytes(StandardCharsets.UTF_8)), "");
    }

    @Test
    void a_full_push_writes_the_nodes_own_rows_once() throws Exception {
        agent.push(true);
        Node node = catalog.state.catalog().node("n1").orElseThrow();
        assertThat(node.meta()).containsEntry("rack", "r9").containsEntry("consul-network-segment", "");
        assertThat(node.taggedAddresses()).containsOnlyKeys("lan", "lan_ipv4", "wan", "wan_ipv4");
        assertThat(catalog.state.catalog().service("n1", "consul").orElseThrow().port()).isEqualTo(8300);
        assertThat(catalog.status("serfHealth")).isEqualTo("passing");
        assertThat(catalog.writes).isOne();
        agent.push(true);
        assertThat(catalog.writes).isOne();
    }

    /** Plan: register with a TTL check, report, let it expire, deregister; the catalog follows each push in one command. */
    @Test
    void the_catalog_follows_a_service_through_its_life() throws Exception {
        register("{\"Name\":\"web\",\"Port\":80,\"Check\":{\"TTL\":\"10s\"}}");
        agent.push(false);
        assertThat(catalog.status("service:web")).isEqualTo("critical");
        assertThat(catalog.writes).isOne();

        agent.report("service:web", Status.PASSING, "fine");
        agent.push(false);
        assertThat(catalog.status("service:web")).isEqualTo("passing");

        clock.advance(Duration.ofSeconds(10));
        agent.push(false);
        assertThat(catalog.status("service:web")).isEqualTo("critical");
        assertThat(catalog.state.catalog().check("n1", "service:web").orElseThrow().output())
                .isEqualTo("TTL expired (last output before timeout follows): fine");

        agent.deregisterService("web");
        agent.push(false);
        assertThat(catalog.state.catalog().servicesOf("n1")).isEmpty();
        assertThat(catalog.state.catalog().checksOf("n1")).isEmpty();
    }

    @Test
    void registering_the_same_again_writes_nothing() throws Exception {
        register("{\"Name\":\"web\",\"Port\":80}");
        agent.push(false);
        register("{\"Name\":\"web\",\"Port\":80}");
        agent.push(false);
        assertThat(catalog.writes).isOne();
    }

    @Test
    void what_could_not_be_pushed_is_pushed_later() throws Exception {
        catalog.reachable = false;
        register("{\"Name\":\"web\"}");
        assertThatThrownBy(() -> agent.push(false)).isInstanceOf(CatalogLink.CatalogUnavailableException.class);
        catalog.reachable = true;
        agent.push(false);
        assertThat(catalog.state.catalog().service("n1", "web")).isPresent();
    }

    @Test
    void a_full_push_removes_what_the_agent_does_not_know_and_a_push_of_a_change_does_not() throws Exception {
        agent.push(true);
        Service stray = new Service("n1", "stray", "stray", "", null, "", 1, null, null, null, false, null, false, 0, 0);
        catalog.apply(new Command.Register(new Node("", "n1", "127.0.0.1", "dc1", null, null, 0, 0), true,
                Optional.of(stray), List.of()));
        register("{\"Name\":\"web\"}");
        agent.push(false);
        assertThat(catalog.state.catalog().service("n1", "stray")).isPresent();
        agent.push(true);
        assertThat(catalog.state.catalog().servicesOf("n1")).extracting(Service::id).containsExactly("consul", "web");
    }

    @Test
    void a_service_that_is_critical_for_longer_than_it_asked_goes() throws Exception {
        register("{\"Name\":\"web\",\"Check\":{\"TTL\":\"10s\",\"DeregisterCriticalServiceAfter\":\"90s\"}}");
        agent.push(false);
        clock.advance(Duration.ofSeconds(89));
        agent.push(false);
        assertThat(agent.state().services()).containsKey("web");
        clock.advance(Duration.ofSeconds(1));
        agent.push(false);
        assertThat(agent.state().services()).isEmpty();
        assertThat(catalog.state.catalog().service("n1", "web")).isEmpty();
    }

    @Test
    void an_alias_follows_a_service_of_the_agent() {
        register("{\"Name\":\"db\",\"Check\":{\"TTL\":\"10s\",\"Status\":\"passing\"}}");
        registerCheck("{\"Name\":\"al\",\"AliasService\":\"db\"}");
        assertThat(agent.state().checks().get("al").state().output()).isEqualTo("All checks passing.");
        agent.report("service:db", Status.CRITICAL, "down");
        assertThat(agent.state().checks().get("al").state().status()).isEqualTo(Status.CRITICAL);
        assertThat(agent.state().checks().get("al").state().output()).isEqualTo("Aliased check \"Service 'db' check\" failing: down");
        agent.deregisterService("db");
        assertThat(agent.state().checks().get("al").state().output()).isEqualTo("No checks found.");
    }

    @Test
    void an_alias_follows_a_node_of_the_catalog() {
        registerCheck("{\"Name\":\"al\",\"AliasNode\":\"n2\",\"AliasService\":\"db\"}");
        assertThat(agent.state().checks().get("al").state().status()).isEqualTo(Status.PASSING);
        Node other = new Node("", "n2", "127.0.0.2", "dc1", null, null, 0, 0);
        catalog.apply(new Command.Register(other, false, Optional.empty(), List.of(new Check("n2", "c", "disk", "warning", "",
                "full", "", "", null, "", null, 0, 0))));
        assertThat(agent.state().checks().get("al").state().status()).isEqualTo(Status.WARNING);
        assertThat(agent.state().checks().get("al").state().output()).isEqualTo("Aliased check \"disk\" failing: full");
    }

    /** Plan: the port is closed when the service comes; it opens; the next quick attempt passes; deregistering ends the runs. */
    @Test
    void a_new_service_passes_as_soon_as_it_answers() throws Exception {
        ServerSocket closed = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        int port = closed.getLocalPort();
        closed.close();
        register("{\"Name\":\"web\",\"Check\":{\"TCP\":\"127.0.0.1:" + port + "\",\"Interval\":\"1h\"}}");
        Eventually.holds("a refusal is seen", () -> agent.state().checks().get("service:web").state().output().contains("refused"));
        try (ServerSocket open = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
            Eventually.holds("the check passes", () ->
                    agent.state().checks().get("service:web").state().status() == Status.PASSING);
        }
    }

    @Test
    void definitions_and_ttl_states_survive_a_restart_and_removed_ones_do_not(@TempDir Path dir) throws Exception {
        agent = agent(Optional.of(dir));
        register("{\"Name\":\"web\",\"Tags\":[\"a\"],\"Port\":80,\"Meta\":{\"k\":\"v\"},\"Check\":{\"TTL\":\"60s\",\"Notes\":\"n\"}}");
        register("{\"Name\":\"gone\"}");
        registerCheck("{\"Name\":\"disk\",\"TTL\":\"60s\"}");
        registerCheck("{\"Name\":\"late\",\"TTL\":\"10s\"}");
        agent.report("service:web", Status.PASSING, "fine");
        agent.report("disk", Status.WARNING, "full");
        agent.report("late", Status.PASSING, "fine");
        registerCheck("{\"Name\":\"of-gone\",\"TTL\":\"10s\",\"ServiceID\":\"gone\"}");
        agent.enterMaintenance("gone", "");
        agent.enterMaintenance("web", "first");
        agent.enterMaintenance("web", "second");
        agent.deregisterService("gone");
        LocalState before = agent.state();
        try (Stream<Path> files = Files.walk(dir)) {
            assertThat(files.filter(Files::isRegularFile)).isNotEmpty()
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------"));
        }
        agent.close();

        clock.advance(Duration.ofSeconds(30));
        agent = agent(Optional.of(dir));
        agent.restore();
        assertThat(agent.state().services()).isEqualTo(before.services());
        assertThat(agent.state().checks().get("service:web").state().status()).isEqualTo(Status.PASSING);
        assertThat(agent.state().checks().get("service:web").notes()).isEqualTo("n");
        assertThat(agent.state().checks().get("disk").state().output()).isEqualTo("full");
        assertThat(agent.state().checks().get("_service_maintenance:web").notes()).isEqualTo("first");
        assertThat(agent.state().checks()).doesNotContainKey("of-gone");
        assertThat(agent.state().checks().get("late").state().status()).isEqualTo(Status.CRITICAL);
    }

    @Test
    void a_file_that_cannot_be_read_harms_no_other(@TempDir Path dir) throws Exception {
        agent = agent(Optional.of(dir));
        register("{\"Name\":\"web\"}");
        Files.writeString(dir.resolve("services/broken"), "{");
        agent.close();
        agent = agent(Optional.of(dir));
        agent.restore();
        assertThat(agent.state().services()).containsOnlyKeys("web");
    }

    @Test
    void a_configuration_registers_services_and_checks() {
        agent.configure(
                List.of(Map.of("name", "web", "port", 8001L, "tags", List.of("from-file"),
                        "check", List.of(Map.of("id", "chk", "ttl", "1h", "status", "passing")))),
                List.of(Map.of("id", "node-check", "name", "of the node", "ttl", "1h", "notes", "from file")));
        assertThat(agent.state().services().get("web").port()).isEqualTo(8001);
        assertThat(agent.state().checks()).containsOnlyKeys("chk", "node-check");
    }

    @Test
    void reports_and_maintenance_of_what_is_unknown_are_refused() {
        assertThatThrownBy(() -> agent.report("none", Status.PASSING, ""))
                .hasMessage("CheckID \"none\" does not have associated TTL");
        assertThatThrownBy(() -> agent.enterMaintenance("none", "")).hasMessage("No service registered with ID \"none\"");
        assertThatThrownBy(() -> agent.deregisterService("")).hasMessage("ServiceID missing");
    }
}
