package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import muster.dns.answer.DnsSettings;
import muster.wire.GoFlags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentArgumentsTest {
    @TempDir
    private Path folder;

    private static AgentOptions parse(String tool, String line) {
        return AgentArguments.parse(tool, Stream.of(line.split(" ")).filter(word -> !word.isEmpty()).toList(), Map.of(), new Machine("here", List.of()));
    }

    @Test
    void everyDefaultIsTheOriginals() {
        AgentOptions options = parse("consul", "-dev");
        assertThat(options).isEqualTo(new AgentOptions(java.util.EnumSet.of(AgentOptions.Part.REGISTRY, AgentOptions.Part.DNS), true, "here",
                "dc1", "global", "127.0.0.1", "127.0.0.1", AgentOptions.Ports.USUAL, Optional.empty(), AgentOptions.Log.USUAL, Optional.empty(),
                new AgentOptions.Upstream("127.0.0.1:8500", ""), options.registry(), AgentOptions.Client.DEV, options.scheduler(), options.cluster()));
        RegistryOptions registry = options.registry();
        assertThat(registry.dns()).isEqualTo(DnsSettings.of("dc1"));
        assertThat(registry.checks()).isEqualTo(new RegistryOptions.Checks(RegistryOptions.Scripts.NOBODY, 4096, Duration.ofMinutes(5), false));
        assertThat(registry.http()).isEqualTo(new RegistryOptions.Http(true, Map.of(), List.of(), List.of(), 200,
                RegistryOptions.Limits.USUAL, new RegistryOptions.Waits(Duration.ofMinutes(5), Duration.ofMinutes(10))));
        assertThat(registry.definitions()).isEqualTo(RegistryOptions.Definitions.NONE);
        assertThat(registry.leaving()).isEqualTo(new RegistryOptions.Leaving(false, false, Duration.ZERO));
    }

    private String advertised(String line, String... addresses) {
        return AgentArguments.parse("consul", List.of((line + " -data-dir " + folder).split(" ")), Map.of(), new Machine("here", List.of(addresses)))
                .advertise();
    }

    @Test
    void whoListensEverywhereIsReachedAtTheMachinesPrivateAddress() {
        String server = "-server -bootstrap-expect 3";
        assertThat(advertised(server, "203.0.113.7", "10.0.0.7")).isEqualTo("10.0.0.7");
        assertThat(advertised("-retry-join 10.0.0.1 -bind 0.0.0.0", "192.168.3.4")).isEqualTo("192.168.3.4");
        assertThat(advertised(server)).as("no network").isEqualTo("127.0.0.1");
        assertThat(advertised(server + " -bind 127.0.0.1", "10.0.0.7")).isEqualTo("127.0.0.1");
        assertThat(advertised(server + " -bind 10.0.0.8", "10.0.0.7", "10.0.0.8")).isEqualTo("10.0.0.8");
        assertThat(advertised(server + " -advertise 203.0.113.7", "10.0.0.7", "10.0.0.8")).isEqualTo("203.0.113.7");
        assertThat(advertised("-dev", "10.0.0.7")).isEqualTo("127.0.0.1");
    }

    @Test
    void whereItIsReachedHasToBeToldWhereThatIsNotClear() {
        assertThatThrownBy(() -> advertised("-server", "10.0.0.7", "192.168.0.7")).isInstanceOf(AgentArguments.Refused.class)
                .hasMessageContaining("Multiple private IPv4 addresses found. Please configure one with 'bind' and/or 'advertise'.")
                .hasMessageContaining("10.0.0.7, 192.168.0.7");
        assertThatThrownBy(() -> advertised("-server", "203.0.113.7")).isInstanceOf(AgentArguments.Refused.class)
                .hasMessageContaining("No private IPv4 address found.").hasMessageContaining("203.0.113.7");
    }

    @Test
    void allOfMusterHasTheSameDefaults() {
        AgentOptions options = parse("muster", "-dev");
        assertThat(options.parts()).containsExactlyInAnyOrder(AgentOptions.Part.values());
        assertThat(options.registry()).isEqualTo(parse("consul", "-dev").registry());
    }

    @Test
    void outsideDevelopmentModeThePagesAndPrometheusAreOff() {
        RegistryOptions registry = parse("consul", "-server -bootstrap -data-dir " + folder).registry();
        assertThat(registry.http().ui()).isFalse();
        assertThat(registry.metrics().prometheus()).isFalse();
    }

    @Test
    void theTutorialsConsulRunsTheRegistryAndItsNames() {
        AgentOptions options = parse("consul", "agent -dev -datacenter dev-general -log-level ERROR".substring(6));
        assertThat(options.parts()).containsExactlyInAnyOrder(AgentOptions.Part.REGISTRY, AgentOptions.Part.DNS);
        assertThat(options.datacenter()).isEqualTo("dev-general");
        assertThat(options.log().level()).isEqualTo(AgentOptions.LogLevel.ERROR);
    }

    @Test
    void theTutorialsNomadRunsTheSchedulerOnAllAddresses() {
        AgentOptions options = parse("nomad", "-dev -bind 0.0.0.0 -log-level ERROR -dc dev-general");
        assertThat(options.parts()).containsExactly(AgentOptions.Part.SCHEDULER);
        assertThat(options.host()).isEqualTo("0.0.0.0");
        assertThat(options.advertise()).as("an address that can be reached").isEqualTo("127.0.0.1");
        assertThat(options.datacenter()).isEqualTo("dev-general");
    }

    @ParameterizedTest
    @CsvSource({
        "-dev extra, 'unexpected argument \"extra\": an agent takes flags alone'",
        "'', 'data_dir cannot be empty: give -data-dir a folder to keep the state in, or -dev to keep it in memory'",
        "-dev -log-level LOUD, 'log level \"LOUD\" is unknown: use TRACE, DEBUG, INFO, WARN or ERROR'",
        "-dev -datacenter a.b, 'datacenter \"a.b\" can only contain alphanumeric characters, dashes and underscores'",
        "-dev -http-port many, '-http-port has to be a number (found \"many\")'",
        "-dev -node-meta x, '-node-meta has to have the form KEY:VALUE (found \"x\")'",
        "-dev -bootstrap-expect 3, 'bootstrap_expect 3: a development server keeps its state to itself; leave out -dev'",
        "-dev -log-rotate-duration soon, 'log_rotate_duration \"soon\" has to be a duration, as 24h'",
        "-dev -http-port 70000, 'ports.http has to be from 1 to 65535, 0 for a free one or -1 for none (found 70000)'",
        "-dev -node-id x, 'node_id \"x\" has to be a UUID'",
        "-dev -node-meta consul-x:y, 'node_meta: key \"consul-x\" begins with consul-, which is reserved'",
        "-dev -recursor ns.test, 'recursors: \"ns.test\" has to be an address with or without a port'",
        "-dev -allow-write-http-from here, 'http_config.allow_write_http_from: \"here\" is no network, as 10.0.0.0/8'",
        "-dev -default-query-time 20m, 'default_query_time has to be positive and at most max_query_time'",
        "-dev -retry-join provider=aws, 'retry_join: \"provider=aws\" asks a cloud''s provider: give the agents'' addresses or a name of them'",
        "-dev -encrypt secret, 'encrypt has to be 16, 24 or 32 bytes in base64 (found 4): make one with `consul keygen`'",
        "-dev -bootstrap-expect 20, 'bootstrap_expect has to be from 1 to 9, best 3 or 5 (found 20)'"
    })
    void aBadLineIsNamedWithTheRemedy(String line, String problem) {
        assertThatThrownBy(() -> parse("muster", line)).isInstanceOf(AgentArguments.Refused.class).hasMessage(problem);
    }

    @Test
    void anUnknownFlagHasGosText() {
        assertThatThrownBy(() -> parse("muster", "-dev -frob"))
                .isInstanceOf(GoFlags.FlagException.class)
                .hasMessage("flag provided but not defined: -frob");
    }

    @Test
    void filesAreMergedInOrderAndFlagsWin() throws IOException {
        Path first = write("a.hcl", """
                datacenter = "one"
                node_name  = "first"
                ports { http = 1111 }
                service { name = "web" }
                """);
        Path second = write("b.json", "{\"datacenter\": \"two\", \"recursors\": [\"9.9.9.9\"], \"service\": {\"name\": \"api\"}}");
        AgentOptions options = parse("consul", "-dev -config-file " + first + " -config-file " + second + " -dns-port 2222");
        assertThat(options.datacenter()).isEqualTo("two");
        assertThat(options.node()).isEqualTo("first");
        assertThat(options.ports().registry()).isEqualTo(1111);
        assertThat(options.ports().dns()).isEqualTo(2222);
        assertThat(options.registry().dns().recursion().recursors()).containsExactly(new InetSocketAddress("9.9.9.9", 53));
        assertThat(options.registry().definitions().services()).extracting(service -> service.tree().get("name")).containsExactly("web", "api");
    }

    @Test
    void programsOfTheMachineRunOnlyWhereThatIsTurnedOn() throws IOException {
        Path file = write("client.hcl", "plugin \"raw_exec\" {\n  config {\n    enabled = true\n  }\n}\n");
        assertThat(parse("nomad", "-data-dir " + folder).client().drivers().enabled("raw_exec")).isFalse();
        assertThat(parse("nomad", "-data-dir " + folder + " -enable-raw-exec").client().drivers().enabled("raw_exec")).isTrue();
        assertThat(parse("nomad", "-data-dir " + folder + " -config=" + file).client().drivers().enabled("raw_exec")).isTrue();
    }

    @Test
    void whatIsWrongWithTheDriversIsSaidAtOnce() throws IOException {
        Path file = write("drivers.hcl", """
                plugin "raw_exec" {
                  config {
                    enabled = "perhaps"
                    frob    = 1
                  }
                }
                plugin "rkt" {}
                """);
        assertThatThrownBy(() -> parse("nomad", "-data-dir " + folder + " -config=" + file))
                .hasMessageContaining("plugin \"raw_exec\": Incorrect attribute value type: Inappropriate value for attribute \"enabled\": bool")
                .hasMessageContaining("plugin \"raw_exec\": Invalid label: No argument or block type is named \"frob\".")
                .hasMessageContaining("plugin \"rkt\": there is no such driver");
    }

    @Test
    void aFolderIsReadInTheOrderOfItsNames() throws IOException {
        write("2.hcl", "datacenter = \"later\"\n");
        write("1.hcl", "datacenter = \"earlier\"\n");
        write("ignored.txt", "frob = 1\n");
        assertThat(parse("consul", "-dev -config-dir " + folder).datacenter()).isEqualTo("later");
    }

    @Test
    void allUnknownKeysAreNamedAtOnceWithTheirPlace() throws IOException {
        Path file = write("server.hcl", """
                datacentre = "dc1"
                client {
                  frob = 1
                }
                server {
                  bootstrap_expect = 1
                }
                """);
        assertThatThrownBy(() -> parse("nomad", "-dev -config=" + file))
                .isInstanceOfSatisfying(AgentArguments.Refused.class, refused -> assertThat(refused.problems())
                        .hasSize(2)
                        .allSatisfy(problem -> assertThat(problem).contains("server.hcl:").contains("invalid config key"))
                        .anySatisfy(problem -> assertThat(problem).endsWith("datacentre"))
                        .anySatisfy(problem -> assertThat(problem).endsWith("client.frob")));
    }

    @Test
    void theSummaryNamesWhatListensWhereAndThatAllIsReady() {
        AgentOptions options = parse("muster", "-dev -node n1");
        assertThat(Summary.text(options, List.of(new Part.Listening("registry (HTTP)", "http://127.0.0.1:8500"),
                        new Part.Listening("DNS", "127.0.0.1:8600")), java.time.Duration.ofMillis(900)))
                .isEqualTo("""
                        ==> Muster agent

                            registry (HTTP)  http://127.0.0.1:8500
                            DNS              127.0.0.1:8600

                            node n1, datacenter dc1, region global; state in memory, gone when the agent ends

                        ==> Ready after 900 ms: registry, dns, scheduler, balancer. Ctrl-C ends it.
                        """);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void theSchedulersServersAndClientsAreConfiguredAsNomads() throws IOException {
        Path server = write("server.hcl", """
                data_dir = "%s"
                bind_addr = "10.0.0.4"
                ports { http = 5646 rpc = 5647 serf = 5648 }
                server {
                  enabled = true
                  bootstrap_expect = 3
                  heartbeat_grace = "20s"
                  min_heartbeat_ttl = "5s"
                  num_schedulers = 2
                  server_join { retry_join = ["10.0.0.5", "10.0.0.6:5648"] retry_interval = "3s" retry_max = 7 }
                }
                """.formatted(folder));
        AgentOptions options = parse("nomad", "-config=" + server);
        assertThat(options.scheduler().server()).isTrue();
        assertThat(options.scheduler().client()).isFalse();
        assertThat(options.scheduler().leader()).isEqualTo(new muster.scheduler.broker.LeaderSettings(2, Duration.ofSeconds(5), Duration.ofSeconds(20), 50,
                Duration.ofMinutes(5)));
        assertThat(options.ports().scheduler()).isEqualTo(5646);
        ClusterOptions cluster = options.cluster();
        assertThat(cluster.role()).isEqualTo(ClusterOptions.Role.SERVER);
        assertThat(cluster.expect()).isEqualTo(3);
        assertThat(cluster.ports()).isEqualTo(new ClusterOptions.Ports(5648, 5647));
        assertThat(cluster.join()).isEqualTo(new muster.raft.members.MemberSettings.Join(List.of("10.0.0.5", "10.0.0.6:5648"), Duration.ofSeconds(3), 7));

        Path client = write("client.hcl", """
                data_dir = "%s"
                client {
                  enabled = true
                  servers = ["10.0.0.4:4647", "10.0.0.5"]
                  server_join { retry_join = ["10.0.0.6:4647"] }
                }
                """.formatted(folder));
        AgentOptions node = parse("nomad", "-config=" + client);
        assertThat(node.cluster().role()).isEqualTo(ClusterOptions.Role.CLIENT);
        assertThat(node.scheduler().client()).isTrue();
        assertThat(node.scheduler().server()).isFalse();
        assertThat(node.cluster().join().addresses()).containsExactlyInAnyOrder("10.0.0.4:4648", "10.0.0.5", "10.0.0.6:4648");
    }

    @Test
    void theRulesForServersAreReadAsNomads() throws IOException {
        Path file = write("rules.hcl", """
                data_dir = "%s"
                server { enabled = true bootstrap_expect = 3 }
                autopilot {
                  cleanup_dead_servers = false
                  last_contact_threshold = "1s"
                  max_trailing_logs = 500
                  min_quorum = 3
                  server_stabilization_time = "2s"
                  enable_custom_upgrades = true
                }
                """.formatted(folder));
        assertThat(parse("nomad", "-config=" + file).scheduler().autopilot()).contains(new muster.scheduler.state.Autopilot(false,
                Duration.ofSeconds(1), 500, 3, Duration.ofSeconds(2), false, false, true, 0, 0));
        assertThat(parse("nomad", "-data-dir " + folder).scheduler().autopilot()).isEmpty();
        Path wrong = write("wrong.hcl", """
                data_dir = "%s"
                server { enabled = true }
                autopilot {
                  cleanup_dead_servers = "perhaps"
                  last_contact_threshold = "soon"
                  max_trailing_logs = -1
                  redundancy_zone_tag = "z"
                }
                """.formatted(folder));
        assertThatThrownBy(() -> parse("nomad", "-config=" + wrong)).isInstanceOfSatisfying(AgentArguments.Refused.class,
                refused -> assertThat(refused.problems()).hasSize(4)
                        .anySatisfy(problem -> assertThat(problem).contains("wrong.hcl:3", "autopilot.cleanup_dead_servers", "perhaps"))
                        .anySatisfy(problem -> assertThat(problem).contains("autopilot.last_contact_threshold", "soon"))
                        .anySatisfy(problem -> assertThat(problem).isEqualTo("autopilot.max_trailing_logs cannot be -1. Must be greater than or equal to zero"))
                        .anySatisfy(problem -> assertThat(problem).endsWith("invalid config key autopilot.redundancy_zone_tag")));
    }

    @Test
    void whatIsWrongInTheServersBlockIsNamedWithItsPlace() throws IOException {
        Path file = write("server.hcl", """
                data_dir = "%s"
                server {
                  enabled = true
                  frob = 1
                  heartbeat_grace = "soon"
                  min_heartbeat_ttl = "1ms"
                  num_schedulers = 0
                  server_join { retry_joins = ["x"] }
                }
                tls { http = true }
                """.formatted(folder));
        assertThatThrownBy(() -> parse("nomad", "-config=" + file)).isInstanceOfSatisfying(AgentArguments.Refused.class,
                refused -> assertThat(refused.problems()).hasSize(6)
                        .anySatisfy(problem -> assertThat(problem).contains("server.hcl:2").endsWith("invalid config key server.frob"))
                        .anySatisfy(problem -> assertThat(problem).contains("server.heartbeat_grace").contains("soon"))
                        .anySatisfy(problem -> assertThat(problem).startsWith("server.min_heartbeat_ttl has to be at least"))
                        .anySatisfy(problem -> assertThat(problem).startsWith("server.num_schedulers has to be"))
                        .anySatisfy(problem -> assertThat(problem).endsWith("invalid config key server.server_join.retry_joins"))
                        .anySatisfy(problem -> assertThat(problem).contains("tls.http")));
    }
}
