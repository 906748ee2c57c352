package muster.registry.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import muster.registry.state.Check;
import muster.registry.state.Command;
import muster.registry.state.Node;
import muster.registry.state.Result;
import muster.registry.state.Service;
import muster.registry.state.State;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tables of local registrations and catalog rows. A service is written {@code id:port[tags]} with {@code !} behind it when it
 * lets its tags be overridden; a check is {@code id/service=status,output}.
 */
class DifferencesTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Node NODE = new Node("", "n1", "127.0.0.1", "dc1", null, null, 0, 0);
    private static final Definitions DEFINITIONS = new Definitions("n1", 4096, false);

    record Case(String name, String local, String catalog, String changed, String commands) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        String all = "*";
        return List.of(
                new Case("what is equal is left alone", "a:1[x] c/a=passing,ok", "a:1[x] c/a=passing,ok", all, ""),
                new Case("a new service goes with its checks in one command", "a:1[] c/a=critical, d/a=critical,", "", all,
                        "register a:1[] c/a=critical, d/a=critical,"),
                new Case("a changed service goes alone", "a:2[] c/a=passing,", "a:1[] c/a=passing,", all, "register a:2[]"),
                new Case("a changed check goes alone", "a:1[] c/a=passing,", "a:1[] c/a=critical,", all, "register c/a=passing,"),
                new Case("a changed output goes", "c/=passing,new", "c/=passing,old", all, "register c/=passing,new"),
                new Case("checks of the node go together", "c/=passing, d/=passing,", "", all, "register c/=passing, d/=passing,"),
                new Case("an unknown service is removed and its checks with it", "", "a:1[] c/a=passing,", all, "deregister a"),
                new Case("an unknown check is removed", "a:1[]", "a:1[] c/a=passing,", all, "deregister check c"),
                new Case("the servers' own rows stay", "", "consul:8300[] serfHealth/=passing,alive", all, ""),
                new Case("a push of a change looks at nothing else", "a:1[] b:2[]", "z:9[]", "a", "register a:1[]"),
                new Case("a push of a removal removes", "", "a:1[] z:9[]", "a", "deregister a"),
                new Case("what came and went between two pushes is nothing", "", "", "a", ""),
                new Case("overridden tags of the catalog win", "a:1[x]!", "a:1[y]!", all, ""),
                new Case("overridden tags survive a change of the rest", "a:2[x]!", "a:1[y]!", all, "register a:2[y]!"),
                new Case("a new registration brings its own tags", "a:1[x]!", "a:1[y]!", "a", "register a:1[x]!"),
                new Case("other tags of the catalog lose", "a:1[x]", "a:1[y]", all, "register a:1[x]"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void the_commands_that_bring_the_catalog_up_to_date(Case test) {
        Optional<LocalState.Unpushed> selection = test.changed().equals("*")
                ? Optional.empty()
                : Optional.of(new LocalState.Unpushed(Set.of(test.changed()), Set.of()));
        List<Command> commands = Differences.between(
                NODE, local(test.local()), catalog(test.catalog()), selection, Set.of("consul", "serfHealth"));
        assertThat(commands.stream().map(DifferencesTest::text).collect(Collectors.joining("; "))).isEqualTo(test.commands());
    }

    /** Whatever the two sides hold: after the commands of a full comparison nothing differs, and the reserved rows are there. */
    @Test
    void a_full_comparison_brings_both_sides_together() {
        SeededRandom.rounds(200, random -> {
            LocalState local = local(words(random, false));
            State state = State.EMPTY;
            NodeRows before = catalog("consul:8300[] serfHealth/=passing,alive " + words(random, true));
            for (Service service : before.services().values()) {
                state = applied(state, new Command.Register(NODE, false, Optional.of(service), List.of()));
            }
            for (Check check : before.checks().values()) {
                if (check.serviceId().isEmpty() || before.services().containsKey(check.serviceId())) {
                    state = applied(state, new Command.Register(NODE, true, Optional.empty(), List.of(check)));
                }
            }
            Set<String> reserved = Set.of("consul", "serfHealth");
            for (Command command : Differences.between(NODE, local, rows(state), Optional.empty(), reserved)) {
                state = applied(state, command);
            }
            assertThat(Differences.between(NODE, local, rows(state), Optional.empty(), reserved)).isEmpty();
            assertThat(rows(state).services().keySet()).contains("consul").containsAll(local.services().keySet());
            assertThat(rows(state).checks().keySet()).contains("serfHealth").hasSize(local.checks().size() + 1);
        });
    }

    private static State applied(State state, Command command) {
        State.Outcome outcome = state.apply(state.index() + 1, command);
        assertThat(outcome.result()).isEqualTo(new Result.Done());
        return outcome.state();
    }

    private static NodeRows rows(State state) {
        return new NodeRows(state.catalog().node("n1"),
                state.catalog().servicesOf("n1").stream().collect(Collectors.toMap(Service::id, s -> s)),
                state.catalog().checksOf("n1").stream().collect(Collectors.toMap(Check::id, c -> c)));
    }

    /** Some of three services, and checks of them and of the node; a catalog may also hold what no agent would. */
    private static String words(RandomGenerator random, boolean stray) {
        StringBuilder text = new StringBuilder();
        Set<String> services = new HashSet<>();
        for (String id : List.of("a", "b", "c")) {
            if (random.nextBoolean()) {
                services.add(id);
                text.append(id).append(':').append(random.nextInt(3)).append('[').append(random.nextBoolean() ? "x" : "y")
                        .append(random.nextBoolean() ? "]! " : "] ");
            }
        }
        for (String id : List.of("1", "2", "3", "4")) {
            String owner = List.of("", "a", "b", "c").get(random.nextInt(4));
            if (random.nextBoolean() && (stray || owner.isEmpty() || services.contains(owner))) {
                text.append(id).append('/').append(owner).append('=').append(random.nextBoolean() ? "passing" : "critical")
                        .append(',').append(random.nextInt(2)).append(' ');
            }
        }
        return text.toString().strip();
    }

    private static LocalState local(String text) {
        LocalState state = LocalState.EMPTY;
        for (String word : words(text)) {
            if (!word.contains("/")) {
                state = state.with(new Registration(service(word), List.of(), ""), false, NOW);
            }
        }
        for (String word : words(text)) {
            if (word.contains("/")) {
                Check row = check(word);
                Map<String, Object> body = Map.of("ID", row.id(), "Name", row.id(), "TTL", "10s", "ServiceID", row.serviceId(),
                        "Status", row.status());
                LocalCheck check = DEFINITIONS.check(Bodies.fromTree(Bodies.CheckBody.class, body), NOW);
                state = state.with(check.with(new muster.checks.CheckState(check.state().status(), row.output(), 0, 0,
                        Optional.empty(), Optional.empty(), false), Optional.empty()), NOW);
            }
        }
        return state;
    }

    private static NodeRows catalog(String text) {
        Map<String, Service> services = new LinkedHashMap<>();
        Map<String, Check> checks = new LinkedHashMap<>();
        for (String word : words(text)) {
            if (word.contains("/")) {
                checks.put(check(word).id(), check(word));
            } else {
                services.put(service(word).id(), service(word));
            }
        }
        return new NodeRows(Optional.of(NODE), services, checks);
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    private static Service service(String word) {
        String id = word.substring(0, word.indexOf(':'));
        int port = Integer.parseInt(word.substring(word.indexOf(':') + 1, word.indexOf('[')));
        String tags = word.substring(word.indexOf('[') + 1, word.indexOf(']'));
        return new Service("n1", id, id, "", words(tags), "", port, null, null, null, word.endsWith("!"), null, false, 3, 7);
    }

    private static Check check(String word) {
        String id = word.substring(0, word.indexOf('/'));
        String service = word.substring(word.indexOf('/') + 1, word.indexOf('='));
        String status = word.substring(word.indexOf('=') + 1, word.indexOf(','));
        return new Check("n1", id, id, status, "", word.substring(word.indexOf(',') + 1), service, "", null, "ttl", null, 3, 7);
    }

    private static String text(Command command) {
        return switch (command) {
            case Command.Register register -> "register " + java.util.stream.Stream.concat(
                    register.service().stream().map(s -> s.id() + ":" + s.port() + s.tags().toString().replace(", ", ",")
                            + (s.enableTagOverride() ? "!" : "")),
                    register.checks().stream().map(c -> c.id() + "/" + c.serviceId() + "=" + c.status() + "," + c.output()))
                    .collect(Collectors.joining(" "));
            case Command.Deregister gone when !gone.serviceId().isEmpty() -> "deregister " + gone.serviceId();
            case Command.Deregister gone -> "deregister check " + gone.checkId();
            default -> command.toString();
        };
    }
}
